// The threads of a block as fibers: which run, which wait, and for what.
#include "device.h"
#include "fibers.h"
#include <sys/mman.h>
#include <vector>

uint3 emulated_thread, emulated_block;
dim3 emulated_block_size, emulated_grid_size;

namespace {

enum State { Runs, AtBarrier, AtWarp, Done };

struct Fiber {
    void *stack_pointer;
    State state;
    unsigned mask;
    uint3 at;
};

const size_t STACK = 128 << 10;
const int MOST = 1024;

std::vector<Fiber> fibers(MOST);
char *stacks = nullptr;
int present, count;
void *scheduler;
uint64_t slots[MOST];
alignas(256) char shared_memory[227 << 10];
EmulatedKernel kernel;
void **kernel_arguments;

extern "C" void emulated_switch(void **from, void *to);
#if defined(__x86_64__)
asm(R"(
.globl emulated_switch
.type emulated_switch,@function
emulated_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
)");
const int SAVED = 6;
#else
#error "the emulator switches fibers on x86-64 only"
#endif

void entry() {
    kernel.run(kernel_arguments);
    fibers[present].state = Done;
    emulated_switch(&fibers[present].stack_pointer, scheduler);
    abort();
}

void wait_as(State state, unsigned mask) {
    Fiber &fiber = fibers[present];
    fiber.state = state;
    fiber.mask = mask;
    emulated_switch(&fiber.stack_pointer, scheduler);
}

void start(int thread) {
    Fiber &fiber = fibers[thread];
    char *top = stacks + (thread + 1) * STACK;
    void **frame = (void **)top - 2 - SAVED;
    memset(frame, 0, (SAVED + 2) * sizeof(void *));
    frame[SAVED] = (void *)entry;
    fiber.stack_pointer = frame;
    fiber.state = Runs;
}

bool release_warp(int first) {
    int last = first + 32 < count ? first + 32 : count;
    bool released = false;
    for (int thread = first; thread < last; thread++) {
        if (fibers[thread].state != AtWarp) continue;
        unsigned mask = fibers[thread].mask;
        if (!(mask >> (thread - first) & 1)) {
            fprintf(stderr, "emulator: %s: a lane is not in the mask it gives\n", kernel.name);
            abort();
        }
        bool all = true;
        for (int other = first; other < last; other++)
            if (mask >> (other - first) & 1 && fibers[other].state != Done)
                all &= fibers[other].state == AtWarp && fibers[other].mask == mask;
        if (!all) continue;
        for (int other = first; other < last; other++)
            if (mask >> (other - first) & 1 && fibers[other].state == AtWarp) fibers[other].state = Runs;
        released = true;
    }
    return released;
}

bool release() {
    bool released = false, barrier = true, alive = false;
    for (int first = 0; first < count; first += 32) released |= release_warp(first);
    for (int thread = 0; thread < count; thread++) {
        alive |= fibers[thread].state != Done;
        barrier &= fibers[thread].state == Done || fibers[thread].state == AtBarrier;
    }
    if (barrier && alive)
        for (int thread = 0; thread < count; thread++)
            if (fibers[thread].state == AtBarrier) fibers[thread].state = Runs, released = true;
    if (alive && !released) {
        fprintf(stderr, "emulator: %s: threads wait for each other forever\n", kernel.name);
        abort();
    }
    return alive;
}

void run_block() {
    // A block finds neither what the last one left in shared memory, nor zeros.
    memset(shared_memory, 0xa5, sizeof shared_memory);
    for (int thread = 0; thread < count; thread++) start(thread);
    bool backwards = false;
    do {
        for (int step = 0; step < count; step++) {
            present = backwards ? count - 1 - step : step;
            if (fibers[present].state != Runs) continue;
            emulated_thread = fibers[present].at;
            emulated_switch(&scheduler, fibers[present].stack_pointer);
        }
        backwards = !backwards;
    } while (release());
}

} // namespace

void emulated_barrier() { wait_as(AtBarrier, 0); }

void emulated_exchange(unsigned mask, uint64_t value, uint64_t all[32]) {
    int thread = present, first = thread & ~31;
    slots[thread] = value;
    wait_as(AtWarp, mask);
    memcpy(all, slots + first, 32 * sizeof(uint64_t));
    wait_as(AtWarp, mask);
}

void *emulated_shared() { return shared_memory; }
unsigned emulated_lane() { return present & 31; }

bool emulated_launch(const EmulatedKernel &launched, dim3 grid, dim3 block, size_t shared, void **arguments) {
    count = block.x * block.y * block.z;
    if (count < 1 || count > MOST || shared > sizeof shared_memory || grid.y > 65535 || grid.z > 65535 ||
        grid.x < 1 || grid.y < 1 || grid.z < 1)
        return false;
    if (!stacks)
        stacks = (char *)mmap(nullptr, MOST * STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    kernel = launched;
    kernel_arguments = arguments;
    emulated_grid_size = grid;
    emulated_block_size = block;
    for (int thread = 0; thread < count; thread++)
        fibers[thread].at = {thread % block.x, thread / block.x % block.y, thread / block.x / block.y};
    for (unsigned z = 0; z < grid.z; z++)
        for (unsigned y = 0; y < grid.y; y++)
            for (unsigned x = 0; x < grid.x; x++) {
                emulated_block = {x, y, z};
                run_block();
            }
    return true;
}
