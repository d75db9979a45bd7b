// Exact minimum-cost flow by LEMON's network simplex: the oracle of the flow tests and the
// yardstick of the flow benches. It shares nothing with the solvers under test.
//
// stdin:   n m
//          supply of node 0 .. n-1 (negative: demand; they add up to 0)
//          m lines "u v pieces (capacity cost)*", pieces in rising order of cost
// Edges are undirected: each piece becomes one arc in each direction. Capacity -1 is infinite.
//
// stdout:  "cost C" or "infeasible"
//          "potentials p_0 .. p_{n-1}": p_v - p_u <= the cost of every arc (u, v) with room left
//          "microseconds T" with --time R: the mean of R solves, building the network not counted
// With --all the supplies are ignored: each node s in turn sends one unit to every other node.
//          "costs C_0 .. C_{n-1}"  (-1 where infeasible)
//          "microseconds T": all n solves together

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <vector>

#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

using Digraph = lemon::SmartDigraph;
using Simplex = lemon::NetworkSimplex<Digraph, long long, long long>;
using Clock = std::chrono::steady_clock;

static double microseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

struct Problem {
    Digraph graph;
    std::vector<Digraph::Node> nodes;
    Digraph::ArcMap<long long> capacity{graph};
    Digraph::ArcMap<long long> cost{graph};
    Digraph::NodeMap<long long> supply{graph};

    bool read(std::istream& in) {
        int n, m;
        if (!(in >> n >> m)) return false;
        graph.reserveNode(n);
        for (int i = 0; i < n; ++i) nodes.push_back(graph.addNode());
        for (int i = 0; i < n; ++i)
            if (!(in >> supply[nodes[i]])) return false;
        for (int e = 0; e < m; ++e) {
            int u, v, pieces;
            if (!(in >> u >> v >> pieces) || u < 0 || v < 0 || u >= n || v >= n) return false;
            for (int j = 0; j < pieces; ++j) {
                long long room, price;
                if (!(in >> room >> price)) return false;
                add(nodes[u], nodes[v], room, price);
                add(nodes[v], nodes[u], room, price);
            }
        }
        return true;
    }

    void add(Digraph::Node from, Digraph::Node to, long long room, long long price) {
        Digraph::Arc arc = graph.addArc(from, to);
        capacity[arc] = room;
        cost[arc] = price;
    }

    // LEMON's INF belongs to the solver, so infinite capacities are filled in late.
    void prepare(Simplex& simplex) {
        for (Digraph::ArcIt arc(graph); arc != lemon::INVALID; ++arc)
            if (capacity[arc] < 0) capacity[arc] = simplex.INF;
        simplex.upperMap(capacity).costMap(cost);
    }
};

static int solve_one(Problem& problem, int repeats) {
    Simplex simplex(problem.graph);
    problem.prepare(simplex);
    simplex.supplyMap(problem.supply);
    Simplex::ProblemType answer = Simplex::INFEASIBLE;
    Clock::time_point start = Clock::now();
    for (int i = 0; i < repeats; ++i) answer = simplex.run();
    double elapsed = microseconds_since(start) / repeats;
    if (answer != Simplex::OPTIMAL) {
        std::puts("infeasible");
        return 0;
    }
    std::printf("cost %lld\npotentials", simplex.totalCost<long long>());
    for (Digraph::Node node : problem.nodes) std::printf(" %lld", simplex.potential(node));
    std::printf("\nmicroseconds %.3f\n", elapsed);
    return 0;
}

static int solve_all(Problem& problem) {
    long long n = static_cast<long long>(problem.nodes.size());
    Simplex simplex(problem.graph);
    problem.prepare(simplex);
    std::vector<long long> costs;
    double elapsed = 0;
    for (Digraph::Node source : problem.nodes) {
        for (Digraph::Node node : problem.nodes) problem.supply[node] = node == source ? n - 1 : -1;
        simplex.supplyMap(problem.supply);
        Clock::time_point start = Clock::now();
        bool optimal = simplex.run() == Simplex::OPTIMAL;
        elapsed += microseconds_since(start);
        costs.push_back(optimal ? simplex.totalCost<long long>() : -1);
    }
    std::printf("costs");
    for (long long cost : costs) std::printf(" %lld", cost);
    std::printf("\nmicroseconds %.3f\n", elapsed);
    return 0;
}

int main(int argc, char** argv) {
    bool all = false;
    int repeats = 1;
    for (int i = 1; i < argc; ++i) {
        if (!std::strcmp(argv[i], "--all")) {
            all = true;
        } else if (!std::strcmp(argv[i], "--time") && i + 1 < argc && std::atoi(argv[i + 1]) > 0) {
            repeats = std::atoi(argv[++i]);
        } else {
            std::fprintf(stderr, "usage: lemon [--all | --time R] < problem\n");
            return 2;
        }
    }
    std::ios::sync_with_stdio(false);
    Problem problem;
    if (!problem.read(std::cin)) {
        std::fprintf(stderr, "the problem on stdin is malformed\n");
        return 2;
    }
    return all ? solve_all(problem) : solve_one(problem, repeats);
}
