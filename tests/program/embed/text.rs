//! Text: which line names the columns, what separates fields, and which decimal sign they have.

use crate::embed::tables::{npy, pca, sheet, text};
use crate::program::Bench;

const N: usize = 40;

/// A folder with the rows in an array, and the answer to them.
fn bench() -> (Bench, Vec<f64>, Vec<f64>) {
    let bench = Bench::new();
    let rows: Vec<f64> = sheet(N).iter().map(|x| (x * 1000.0).round() / 1000.0).collect();
    npy(&bench.at("rows.npy"), &[N as u64, 3], &rows);
    let wanted = pca(&bench, "rows.npy", &[]);
    (bench, rows, wanted)
}

fn with(separator: &'static str) -> impl Fn(usize, &[f64]) -> String {
    move |_, row| row.iter().map(|x| format!("{x:.3}")).collect::<Vec<_>>().join(separator)
}

#[test]
fn a_first_line_of_numbers_that_names_the_columns_is_no_row() {
    let (bench, rows, wanted) = bench();
    for names in ["0,1,2", "2018,2019,2020", "\"0\",\"1\",\"2\"", "400,500,600", "x,0,1"] {
        text(&bench.at("t.csv"), names, &rows, with(","));
        assert_eq!(pca(&bench, "t.csv", &[]), wanted, "{names}");
        let told = bench.succeeds(&["embed", "pca", "t.csv", "-o", "o.npy", "-q"]);
        assert!(told.contains("is read as column names") && told.contains("--header no"), "{told}");
        let row =
            bench.command(&["embed", "pca", "t.csv", "-o", "o.npy", "--header", "no"]).output().unwrap();
        let told = String::from_utf8_lossy(&row.stderr).into_owned();
        assert!(
            told.contains(if names == "x,0,1" { "line 1, column 0 is 'x'" } else { "41 rows" }),
            "{told}"
        );
    }
    text(&bench.at("t.csv"), "", &rows, with(","));
    let told = bench.succeeds(&["embed", "pca", "t.csv", "-o", "o.npy"]);
    assert!(told.contains("is read as data") && told.contains("40 rows"), "{told}");
    let told = bench.succeeds(&["embed", "pca", "t.csv", "-o", "o.npy", "--header", "yes"]);
    assert!(told.contains("39 rows") && !told.contains("is read as"), "{told}");
    text(&bench.at("t.csv"), "a,b,c", &rows, with(","));
    let told = bench.succeeds(&["embed", "pca", "t.csv", "-o", "o.npy"]);
    assert!(!told.contains("is read as"), "{told}");
    bench.refuses(&["embed", "pca", "rows.npy", "-o", "o.npy", "--header", "yes"], &["--header", "not text"]);
}

#[test]
fn separators_comments_and_marks() {
    let (bench, rows, wanted) = bench();
    let blanks = |i: usize, row: &[f64]| {
        format!("  {:.18e}  {:.3} {}{:>9}", row[0], row[1], ["", "\t"][i % 2], row[2])
    };
    for name in ["t.txt", "t.dat", "t.tsv", "t.csv"] {
        text(&bench.at(name), "# written by hand\n#\n", &rows, blanks);
        assert_eq!(pca(&bench, name, &[]), wanted, "{name}");
    }
    for (names, number) in [("a;b;c", ";"), ("\u{feff}a\tb\tc", "\t"), ("a, b, c", ", ")] {
        text(&bench.at("t.csv"), names, &rows, with(number));
        assert_eq!(pca(&bench, "t.csv", &["--columns", "a,b,c"]), wanted, "{names}");
    }
    // As numpy.savetxt writes a header.
    text(&bench.at("t.txt"), "# a b c", &rows, with(" "));
    assert_eq!(pca(&bench, "t.txt", &["--columns", "a,b,c"]), wanted);
}

#[test]
fn a_decimal_comma_is_read_where_it_is_asked_for() {
    let (bench, rows, wanted) = bench();
    let commas = |separator: &'static str| {
        move |_: usize, row: &[f64]| {
            row.iter().map(|x| format!("{x:.3}").replace('.', ",")).collect::<Vec<_>>().join(separator)
        }
    };
    for (names, separator) in [("a;b;c", ";"), ("", ";"), ("a\tb\tc", "\t"), ("0;1;2", ";"), ("", "  ")] {
        text(&bench.at("t.csv"), names, &rows, commas(separator));
        assert_eq!(pca(&bench, "t.csv", &["--decimal", ","]), wanted, "{names:?} {separator:?}");
        let args = ["embed", "pca", "t.csv", "-o", "o.npy"];
        bench.refuses(&args, &["t.csv: line", "--decimal ,"]);
    }
    text(&bench.at("t.csv"), "a;b;c", &rows, with(";"));
    bench.refuses(&["embed", "pca", "t.csv", "--decimal", ",", "-o", "o.npy"], &["line 2", "--decimal ."]);
}

#[test]
fn an_index_is_no_column_of_numbers() {
    let (bench, rows, wanted) = bench();
    let numbered = |i: usize, row: &[f64]| format!("{i},{},{},{}", row[0], row[1], row[2]);
    let shuffled = |i: usize, row: &[f64]| format!("{},{},{},{}", i * 37 % 101, row[0], row[1], row[2]);
    for (names, told) in
        [(",a,b,c", "column 0, which has no name,"), ("Unnamed: 0,a,b,c", "column Unnamed: 0")]
    {
        for number in [&numbered as &dyn Fn(usize, &[f64]) -> String, &shuffled] {
            text(&bench.at("t.csv"), names, &rows, number);
            assert_eq!(pca(&bench, "t.csv", &[]), wanted, "{names}");
            assert!(bench.succeeds(&["embed", "pca", "t.csv", "-o", "o.npy", "-q"]).contains(told));
        }
    }
    text(&bench.at("t.csv"), ",0,1,2", &rows, numbered);
    assert_eq!(pca(&bench, "t.csv", &[]), wanted);
    // R leaves out the name of the rows' names.
    text(&bench.at("t.txt"), "\"a\" \"b\" \"c\"", &rows, |i, row| {
        format!("\"row {i}\" {} {} {}", row[0], row[1], row[2])
    });
    assert_eq!(pca(&bench, "t.txt", &[]), wanted);
    // A comma at the end of each line begins no column.
    text(&bench.at("t.csv"), "a,b,c,", &rows, |_, row| format!("{},{},{},", row[0], row[1], row[2]));
    assert_eq!(pca(&bench, "t.csv", &[]), wanted);
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let bench = Bench::new();
    let refuses = |name: &str, text: &[u8], hints: &[&str]| {
        std::fs::write(bench.at(name), text).unwrap();
        bench.refuses(&["embed", "pca", name, "-o", "o.npy"], &[&[name], hints].concat());
    };
    refuses(
        "r.csv",
        b"a,b,c\n1,2,3\n\n4,5\n",
        &["line 4 has 2 fields, and line 1 has 3", "every line needs the same number"],
    );
    refuses("m.csv", b"a,b\n1,2\n3,\n4,5\n", &["line 3, column b is empty", "fill it in"]);
    refuses("n.csv", b"a,b\n1,2\n3,NaN\n", &["line 3, column b is NaN", "finite"]);
    refuses("q.csv", b"a,b\n1,?\n3,4\n", &["line 2, column b is '?', a missing value"]);
    refuses("w.csv", b"a,b\n\"1\n\",2\n3,x\n", &["line 4, column b is 'x', not a number", "--columns"]);
    refuses("o.csv", b"a,b\n1,\"2\n3,4\n", &["line 2: a quote is not closed"]);
    refuses(
        "big.csv",
        b"a,b\n1,9007199254740993\n3,4\n",
        &["line 2, column b is 9007199254740993", "subtract"],
    );
    refuses("latin.csv", b"gr\xf6\xdfe,b\n1,2\n", &["not text in UTF-8", "save it"]);
    refuses("wide.csv", b"\xff\xfea\0,\0b\0", &["not text", "UTF-8"]);
    refuses("names.csv", b"a,b\n", &["no rows below its names"]);
    let far: String = (0..9).map(|i| format!("{i}.5,{}\n", 500_000_000_000_000_u64 + i)).collect();
    refuses(
        "far.csv",
        format!("a,stamp\n{far}").as_bytes(),
        &["column stamp varies by", "subtract its mean"],
    );
}
