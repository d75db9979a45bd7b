//! Parquet: every compression, an index of pandas, and files that are not what they claim.

use std::path::Path;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArrayType, DoubleType, Int64Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use crate::embed::tables::{npy, pca, sheet};
use crate::program::Bench;

const N: usize = 40;

enum Values {
    Doubles(Vec<f64>),
    Longs(Vec<i64>),
    Texts(Vec<String>),
}

/// Writes the columns with the properties.
fn write(path: &Path, columns: &[(&str, Values)], properties: WriterProperties) {
    let kind = |values: &Values| match values {
        Values::Doubles(_) => "DOUBLE",
        Values::Longs(_) => "INT64",
        Values::Texts(_) => "BYTE_ARRAY",
    };
    let field = |name: &str, values: &Values| {
        let text = if matches!(values, Values::Texts(_)) { " (UTF8)" } else { "" };
        format!("REQUIRED {} {name}{text};", kind(values))
    };
    let fields: String = columns.iter().map(|(name, values)| field(name, values)).collect();
    let schema = Arc::new(parse_message_type(&format!("message rows {{ {fields} }}")).unwrap());
    let file = std::fs::File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for (_, values) in columns {
        let mut column = group.next_column().unwrap().unwrap();
        let written = match values {
            Values::Doubles(values) => column.typed::<DoubleType>().write_batch(values, None, None),
            Values::Longs(values) => column.typed::<Int64Type>().write_batch(values, None, None),
            Values::Texts(values) => {
                let texts: Vec<_> = values.iter().map(|text| text.as_str().into()).collect();
                column.typed::<ByteArrayType>().write_batch(&texts, None, None)
            }
        };
        written.unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
}

fn abc() -> Vec<(&'static str, Values)> {
    let rows = sheet(N);
    let column = |at: usize| Values::Doubles(rows.iter().skip(at).step_by(3).copied().collect());
    vec![("a", column(0)), ("b", column(1)), ("c", column(2))]
}

fn bench() -> (Bench, Vec<f64>) {
    let bench = Bench::new();
    npy(&bench.at("rows.npy"), &[N as u64, 3], &sheet(N));
    let wanted = pca(&bench, "rows.npy", &[]);
    (bench, wanted)
}

#[test]
fn ids_are_no_coordinates() {
    let (bench, wanted) = bench();
    for (name, values) in [
        ("Index", Values::Longs((0..N as i64).collect())),
        ("id", Values::Longs((0..N as i64).map(|i| 5 + 3 * i).collect())),
        ("id", Values::Texts((0..N).map(|i| format!("row {i}")).collect())),
    ] {
        let columns: Vec<_> = [(name, values)].into_iter().chain(abc()).collect();
        write(&bench.at("t.parquet"), &columns, WriterProperties::builder().build());
        assert_eq!(pca(&bench, "t.parquet", &[]), wanted, "{name}");
    }
    // One that falls measures something.
    let falling = ("index", Values::Longs((0..N as i64).rev().collect()));
    let columns: Vec<_> = [falling].into_iter().chain(abc()).collect();
    write(&bench.at("t.parquet"), &columns, WriterProperties::builder().build());
    assert_ne!(pca(&bench, "t.parquet", &[]), wanted);
}

/// A page of some bytes that claims two gigabytes: refused before they are reserved, in every compression.
#[test]
fn pages_that_claim_more_than_memory_allows() {
    let bench = Bench::new();
    for compression in
        [Compression::SNAPPY, Compression::ZSTD(Default::default()), Compression::GZIP(Default::default())]
    {
        let properties =
            WriterProperties::builder().set_compression(compression).set_dictionary_enabled(false);
        let column = [("a", Values::Doubles(vec![0.5; 1000]))];
        write(&bench.at("t.parquet"), &column, properties.build());
        let mut bytes = bench.read("t.parquet");
        let file = SerializedFileReader::new(std::fs::File::open(bench.at("t.parquet")).unwrap()).unwrap();
        let (start, length) = file.metadata().row_group(0).column(0).byte_range();
        let (start, chunk_end) = (start as usize, (start + length) as usize);
        // The type, then the size inflated and as stored, each behind a byte of its own.
        let end_of =
            |bytes: &[u8], at: usize| at + bytes[at..].iter().position(|byte| *byte < 0x80).unwrap() + 1;
        assert_eq!(bytes[start..start + 3], [0x15, 0x00, 0x15]);
        let inflated = start + 3..end_of(&bytes, start + 3);
        let claim = [0xfe, 0xff, 0xff, 0xff, 0x0f];
        let more = claim.len() - inflated.len();
        let stored = inflated.end + 1..end_of(&bytes, inflated.end + 1);
        // What the header grows, the page is cut by: the chunk keeps its length.
        let (low, high) = (bytes[stored.start] & 0x7f, bytes[stored.end - 1]);
        let value = if stored.len() == 1 { low.into() } else { u16::from(low) | u16::from(high) << 7 };
        let less = value - 2 * more as u16;
        match stored.len() {
            1 => bytes[stored.start] = less as u8,
            _ => bytes[stored].copy_from_slice(&[(less & 0x7f) as u8 | 0x80, (less >> 7) as u8]),
        }
        bytes.drain(chunk_end - more..chunk_end);
        bytes.splice(inflated, claim);
        std::fs::write(bench.at("forged.parquet"), &bytes).unwrap();
        let args = ["embed", "pca", "forged.parquet", "-o", "o.npy", "--memory", "64MiB"];
        let told = "forged.parquet needs 2048 MiB and --memory allows 64 MiB: give --memory 2048MiB";
        bench.refuses(&args, &[told]);
        // A page that is longer than its chunk is damaged.
        bytes[start + 3..start + 8].copy_from_slice(&[0xfe, 0x80, 0x80, 0x80, 0x00]);
        let stored = start + 9;
        bytes[stored] |= 0x3f;
        std::fs::write(bench.at("forged.parquet"), &bytes).unwrap();
        bench.refuses(&args, &["forged.parquet is damaged"]);
    }
}

#[test]
fn every_compression_is_read() {
    let (bench, wanted) = bench();
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(Default::default()),
        Compression::BROTLI(Default::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::ZSTD(Default::default()),
    ] {
        let properties = WriterProperties::builder().set_compression(compression).build();
        write(&bench.at("t.parquet"), &abc(), properties);
        assert_eq!(pca(&bench, "t.parquet", &[]), wanted, "{compression:?}");
    }
    assert_eq!(pca(&bench, "t.parquet", &["--columns", "a,b,c"]), wanted);
    bench.refuses(
        &["embed", "tsne", "t.parquet", "-o", "o.npy", "--columns", "d"],
        &["--columns d", "a, b, c"],
    );
}

#[test]
fn an_index_of_pandas_names_the_rows() {
    let (bench, wanted) = bench();
    let numbers = || Values::Longs((0..N as i64).map(|i| i * 37 % 101).collect());
    for name in ["__index_level_0__", "sample"] {
        let mut columns = abc();
        columns.push((name, numbers()));
        let about = format!("{{\"index_columns\": [\"{name}\"], \"columns\": []}}");
        let about = vec![KeyValue::new("pandas".to_owned(), about)];
        let properties = WriterProperties::builder().set_key_value_metadata(Some(about)).build();
        write(&bench.at("t.parquet"), &columns, properties);
        assert_eq!(pca(&bench, "t.parquet", &[]), wanted, "{name}");
        let told = bench.succeeds(&["embed", "pca", "t.parquet", "-o", "o.csv"]);
        assert!(told.contains(&format!("column {name} numbers the rows")), "{told}");
        let text = String::from_utf8(bench.read("o.csv")).unwrap();
        assert!(text.starts_with(&format!("{name},dim1,dim2\n0,")), "{text}");
        assert!(text.lines().nth(2).unwrap().starts_with("37,"), "{text}");
    }
    let mut columns = abc();
    columns.push(("kind", Values::Texts((0..N).map(|i| ["cat", "dog"][i % 2].to_owned()).collect())));
    write(&bench.at("t.parquet"), &columns, WriterProperties::builder().build());
    assert_eq!(pca(&bench, "t.parquet", &["--label-column", "kind"]), wanted);
    bench.refuses(&["embed", "pca", "t.parquet", "-o", "o.npy"], &["row 0, column kind", "--label-column"]);
}

#[test]
fn what_a_file_claims_is_not_believed() {
    let (bench, _) = bench();
    write(&bench.at("t.parquet"), &abc(), WriterProperties::builder().build());
    let whole = bench.read("t.parquet");
    let args = ["embed", "pca", "t.parquet", "-o", "o.npy"];
    for length in [0, 3, 8, whole.len() / 2, whole.len() - 1] {
        std::fs::write(bench.at("t.parquet"), &whole[..length]).unwrap();
        bench.refuses(&args, &["t.parquet is not a Parquet file", "write it again"]);
    }
    // The number of rows in the footer is the zigzag 80; there it is 10^10, or below 0.
    let footer =
        whole.len() - 8 - u32::from_le_bytes(whole[whole.len() - 8..][..4].try_into().unwrap()) as usize;
    let at = whole[footer..].windows(2).rposition(|pair| pair == [0x16, 80]).unwrap() + footer + 1;
    for claim in [&[0x80, 0x90, 0xdf, 0xc0, 0x4a][..], &[79]] {
        let mut wrong = [&whole[..at], claim, &whole[at + 1..]].concat();
        let length = (wrong.len() - 8 - footer) as u32;
        let end = wrong.len() - 8;
        wrong[end..end + 4].copy_from_slice(&length.to_le_bytes());
        std::fs::write(bench.at("t.parquet"), &wrong).unwrap();
        bench.refuses(&args, &["t.parquet is damaged", "write it again"]);
    }
    let exact = Values::Longs((0..N as i64).map(|i| 9_007_199_254_740_993 + i).collect());
    write(&bench.at("t.parquet"), &[("stamp", exact)], WriterProperties::builder().build());
    bench.refuses(&args, &["row 0, column stamp: 9007199254740993", "subtract"]);
}
