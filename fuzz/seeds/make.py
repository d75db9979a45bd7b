#!/usr/bin/env python3
"""Makes the seeds of the fuzz targets: small right files of every kind. Needs numpy and pyarrow, ffmpeg, and the program
(target/release/seethru). Made with numpy 2 and pyarrow 26."""

import pathlib
import subprocess
import tempfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent
SEETHRU = HERE.parent.parent / "target/release/seethru"


def run(*words):
    subprocess.run([str(word) for word in words], check=True, stdin=subprocess.DEVNULL, capture_output=True)


def folder(name):
    path = HERE / name
    path.mkdir(exist_ok=True)
    return path


def write(target, name, contents):
    (folder(target) / name).write_bytes(contents if isinstance(contents, bytes) else contents.encode())


def sheet(n):
    """Rows on a bent sheet, none negative."""
    t = 3 * np.arange(n) / n
    return np.stack([2 + np.cos(t), 1.5 + 1.25 * np.sin(t), 2 * (np.arange(n) * 37 % n) / n], 1).astype(np.float32)


def models():
    with tempfile.TemporaryDirectory() as scratch:
        rows, named = pathlib.Path(scratch) / "rows.npy", pathlib.Path(scratch) / "rows.csv"
        np.save(rows, sheet(16))
        np.savetxt(named, sheet(16), delimiter=",", header="a,b,c", comments="")
        methods = {
            "pca": [], "factor-analysis": [], "ica": [], "nmf": [], "isomap": ["--neighbors", 5],
            "laplacian": ["--neighbors", 5], "lle": ["--neighbors", 5], "tsne": ["--perplexity", 3, "--steps", 20],
            "kernel-pca": [], "isomap-landmarks": ["--neighbors", 5, "--landmarks", 6],
        }
        for name, options in methods.items():
            method = name.removesuffix("-landmarks")
            run(SEETHRU, "embed", method, rows, "--model", folder("model") / f"{name}.bin", "--dims", 2, *options)
        run(SEETHRU, "embed", "pca", named, "--model", folder("model") / "named.bin", "--dims", 2)


def arrays():
    small = sheet(5)
    kinds = {"f4": small, "f8": small.astype("f8"), "f2": small.astype("f2"), "u1": (small * 40).astype("u1"),
             "i8": (small * 40).astype("i8"), "big": small.astype(">f4"), "bool": small > 1,
             "fortran": np.asfortranarray(small), "pictures": np.ones((3, 2, 4), "u1"), "words": np.array(["a", "bc", "d"]),
             "bytes": np.array([b"a", b"bc", b"d"]), "distances": np.abs(np.subtract.outer(range(4), range(4))) * 1.0}
    for name, array in kinds.items():
        np.save(folder("npy_header") / f"{name}.npy", array)
    np.savez(folder("npz") / "one.npz", X=small)
    np.savez_compressed(folder("npz") / "two.npz", X=small, y=np.arange(5))
    graph = {"indptr": np.array([0, 1, 3, 4]), "indices": np.array([1, 0, 2, 1]), "data": np.array([1.0, 1, 2, 2])}
    np.savez(folder("npz") / "graph.npz", format=np.array(b"csr"), shape=np.array([3, 3]), **graph)


def tables():
    columns = {"a": [1.5, 2.0, 3.25], "b": [3, 1, 2], "kind": ["x", "y", "x"]}
    for compression in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]:
        pq.write_table(pa.table(columns), folder("parquet") / f"{compression}.parquet", compression=compression)
    numbers = pa.table({"a": pa.array([1, None, 3], pa.int16()), "b": pa.array([True, False, True]),
                        "c": pa.array([1, 2, 3], pa.decimal128(9, 2)), "d": pa.array([[1.0], [], [2.0, 3.0]])})
    pq.write_table(numbers, folder("parquet") / "kinds.parquet", compression="none", use_dictionary=False,
                   data_page_version="2.0", version="2.6")
    write("csv", "plain", "0a,b,c\n1,2,3\n4,5.5,-6e-3\n")
    write("csv", "quoted", '0"a ""b""",c\r\n"1","2"\r\n"3\n",4\r\n')
    write("csv", "index", "0,a,b\n0,1.5,2\n1,3.5,4\n2,5.5,6\n")
    write("csv", "labels", "8x,1.5,2\ny,3.5,4\n")
    write("csv", "comma", "4a;b\n1,5;2,25\n-3,5;1e3\n")
    write("csv", "blanks", "0# a b\n 1.0e+00 2.0\n 3.5e+00 nan\n")
    write("csv", "years", "22018,2019,2020\n1.5,2.5,3.5\n")
    write("csv", "labels-alone", "0cat\ndog\ncat\n")
    write("csv", "r", "0\"a\" \"b\"\n\"1\" 2 3\n\"2\" 4 5\n")


def texts():
    write("lists", "csv", "0video,output,centers,mutual,cost\na.mp4,a.png,3,true,convex:slopes=1/2\nb/*.png,,,,\n")
    write("lists", "tsv", "1video\toutput\tpatch\na.mp4\ta.png\t8\n")
    write("lists", "toml", '2[[clip]]\nvideo = "a.mp4"\noutput = "a.png"\ncenters = 3\nmutual = false\n')
    header = '{"schema":"seethru.batch-manifest/1","version":"0.2.0","command":"seethru batch a.mp4 -o a"}\n'
    record = ('{"clip":"a.png","result":"done","input":"a.mp4","input_sha256":"00","options_sha256":"00","outputs":[{"file":'
              '"a.png","bytes":1,"sha256":"00"}],"seconds":0.5,"timings":[{"stage":"decode","seconds":0.1}],"frames":3,'
              '"threads":1,"jobs":2,"memory_estimate":1,"peak_memory":null,"warnings":["w"],"error":null}\n')
    write("manifest", "one", header + record)
    write("manifest", "torn", header + record + record[:60])
    write("toml", "restore", '0quiet = true\nverbose = 2\n[restore]\ncenters = 3\nsharpen = 1.5\ncost = "convex:slopes=1/2"\n')
    write("toml", "batch", '1[batch]\njobs = "auto"\nformat = "tif"\n[restore]\nmemory = "1GiB"\n')
    write("toml", "embed", '2device = "cpu"\n[embed]\ndims = 2\ncolumns = ["a", "b"]\n[embed.tsne]\nperplexity = 5.0\n')
    write("toml", "info", "3[info]\njson = true\n")
    for at, cost in enumerate(["linear", "convex:capacity=10,slopes=1/2/4.5", "capacitated:capacity=auto",
                               "quadratic:lambda=1e-3"]):
        write("cost", str(at), cost)


def pictures():
    source = ["ffmpeg", "-y", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=8x6:rate=3:duration=1"]
    images, clips = folder("images"), folder("y4m")
    one = ["-frames:v", 1, "-bitexact"]
    for name, form in {"rgb.png": "rgb24", "gray.png": "gray", "deep.png": "rgb48be", "alpha.png": "rgba",
                       "palette.png": "pal8", "one.jpg": "yuvj420p", "gray.jpg": "gray", "rgb.tif": "rgb24",
                       "deep.tif": "rgb48le", "one.bmp": "bgr24", "one.ppm": "rgb24", "one.pgm": "gray",
                       "one.pam": "rgba"}.items():
        run(*source, *one, "-pix_fmt", form, images / name)
    for name in ["packbits", "lzw", "deflate"]:
        run(*source, *one, "-pix_fmt", "gray", "-compression_algo", name, images / f"{name}.tif")
    run(*source, *one, "-c:v", "libwebp", "-lossless", 1, images / "lossless.webp")
    run(*source, *one, "-c:v", "libwebp", images / "lossy.webp")
    run(*source, *one, "-c:v", "libwebp", "-pix_fmt", "yuva420p", images / "alpha.webp")
    run(*source, "-c:v", "libwebp_anim", "-loop", 0, images / "animated.webp")
    run(*source, "-f", "apng", "-bitexact", images / "animated.png")
    for form in ["yuv420p", "yuv422p", "yuv444p", "gray", "yuv411p", "yuv420p10le", "yuv444p12le", "gray16le"]:
        run(*source, "-frames:v", 2, "-strict", -1, "-pix_fmt", form, "-f", "yuv4mpegpipe", clips / f"{form}.y4m")
    run(*source, "-frames:v", 1, "-vf", "setsar=3/2,setfield=tff", "-pix_fmt", "yuv420p", "-f", "yuv4mpegpipe",
        clips / "aspect.y4m")
    write("images", "one.pbm", b"P4\n8 2\n\xa5\x5a")
    write("images", "plain.ppm", "P3\n# c\n2 1\n255\n1 2 3 4 5 6\n")
    pages()


def pages():
    """A TIFF file of three pages, the second a smaller copy, in both sizes of offsets."""
    for big in [False, True]:
        data = bytearray(b"II" + (b"\x2b\0\x08\0\0\0" if big else b"\x2a\0"))
        wide, entry = (8, 20) if big else (4, 12)
        link = len(data)
        data += bytes(wide)
        for page in range(3):
            pixels = len(data)
            data += bytes(range(4))
            start = len(data)
            data[link:link + wide] = start.to_bytes(wide, "little")
            tags = [(254, 4, page == 1), (256, 3, 2), (257, 3, 2), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, pixels),
                    (277, 3, 1), (278, 3, 2), (279, 4, 4)]
            data += len(tags).to_bytes(8 if big else 2, "little")
            for tag, kind, value in tags:
                data += tag.to_bytes(2, "little") + kind.to_bytes(2, "little") + (1).to_bytes(wide, "little")
                data += int(value).to_bytes(wide, "little")
            link = len(data)
            data += bytes(wide)
            assert link - start == (8 if big else 2) + len(tags) * entry
        write("images", "big-pages.tif" if big else "pages.tif", bytes(data))


if __name__ == "__main__":
    for make in [models, arrays, tables, texts, pictures]:
        make()
