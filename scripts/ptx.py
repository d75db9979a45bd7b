#!/usr/bin/env python3
"""Compiles cuda/*.cu to the PTX in cuda/ptx that the program embeds. No GPU and no CUDA toolkit is needed.

    ptx.py make        writes cuda/ptx/*.ptx
    ptx.py check       compiles and compares with what is committed
    ptx.py assemble    assembles each PTX for sm_75, sm_80 and sm_90; prints registers and spills

The compilers come from PyPI into target/cuda-tools, by pip, once. NVRTC is an old one on purpose: it
emits PTX 8.0, which any driver since CUDA 12.0 takes; ptxas is a new one.
"""

import ctypes
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOLS = ROOT / "target" / "cuda-tools"
NVRTC = "nvidia-cuda-nvrtc-cu12==12.0.140"
PTXAS = "nvidia-cuda-nvcc==13.5.37"
# Files with a second variant that uses features of Ampere.
AMPERE = {"bench", "distance"}
ASSEMBLED = {75: ("sm_75", "sm_80", "sm_90"), 80: ("sm_80", "sm_90")}


def install(package):
    """The folder that the package was installed into."""
    folder = TOOLS / package.replace("==", "-")
    if not (folder / "done").exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, package]
        quiet = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        if subprocess.run(command, env=quiet).returncode != 0:
            sys.exit(f"ptx: pip cannot install {package}: is there a python3 with pip, and a network?")
        (folder / "done").touch()
    return folder


class Nvrtc:
    def __init__(self):
        folder = install(NVRTC) / "nvidia" / "cuda_nvrtc" / "lib"
        # The first loads the second by its name.
        ctypes.CDLL(str(folder / "libnvrtc-builtins.so.12.0"), mode=ctypes.RTLD_GLOBAL)
        self.library = ctypes.CDLL(str(folder / "libnvrtc.so.12"))

    def compile(self, source, arch):
        """PTX of a file for compute capability arch / 10; exits with the compiler's message if that fails."""
        program = ctypes.c_void_p()
        text = source.read_bytes()
        self.call("nvrtcCreateProgram", ctypes.byref(program), text, source.name.encode(), 0, None, None)
        options = [f"--gpu-architecture=compute_{arch}", "--std=c++17", f"-I{source.parent}"]
        array = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
        failed = self.library.nvrtcCompileProgram(program, len(options), array)
        log = self.text(program, "nvrtcGetProgramLog").strip()
        if log:
            print(log, file=sys.stderr)
        if failed or log:
            sys.exit(f"ptx: {source.relative_to(ROOT)} does not compile cleanly for compute_{arch}")
        return self.text(program, "nvrtcGetPTX")

    def text(self, program, what):
        size = ctypes.c_size_t()
        self.call(what + "Size", program, ctypes.byref(size))
        buffer = ctypes.create_string_buffer(size.value)
        self.call(what, program, buffer)
        return buffer.value.decode()

    def call(self, name, *arguments):
        code = getattr(self.library, name)(*arguments)
        if code != 0:
            sys.exit(f"ptx: {name} fails with code {code}")


def variants():
    """(source, architecture, PTX file) of everything that is compiled."""
    for source in sorted((ROOT / "cuda").glob("*.cu")):
        yield source, 75, ROOT / "cuda" / "ptx" / f"{source.stem}.ptx"
        if source.stem in AMPERE:
            yield source, 80, ROOT / "cuda" / "ptx" / f"{source.stem}.sm80.ptx"


def make():
    nvrtc = Nvrtc()
    for source, arch, target in variants():
        target.parent.mkdir(exist_ok=True)
        target.write_text(nvrtc.compile(source, arch))


def check():
    nvrtc = Nvrtc()
    wanted = {target: nvrtc.compile(source, arch) for source, arch, target in variants()}
    stale = [target for target, ptx in wanted.items() if not target.exists() or target.read_text() != ptx]
    stale += [file for file in (ROOT / "cuda" / "ptx").glob("*.ptx") if file not in wanted]
    if stale:
        names = ", ".join(str(file.relative_to(ROOT)) for file in stale)
        sys.exit(f"ptx: not what cuda/*.cu compiles to: {names}; run `make ptx` and commit the result")
    print(f"{len(wanted)} PTX files are what cuda/*.cu compiles to")


def assemble():
    folder = install(PTXAS)
    ptxas = next(folder.glob("nvidia/*/bin/ptxas"))
    ptxas.chmod(0o755)
    spilling = False
    print(f"{'kernel':34} {'PTX for':10} {'on':6} {'registers':>9} {'shared':>7} {'stack':>6} {'spilled':>8}")
    for _, arch, ptx in variants():
        for target in ASSEMBLED[arch]:
            command = [ptxas, "-v", f"--gpu-name={target}", "-o", "/dev/null", ptx]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"ptx: {ptx.name} does not assemble for {target}: {done.stderr}")
            for entry in re.split(r"Compiling entry function ", done.stderr)[1:]:
                name = re.match(r"'(\w+)'", entry)[1]
                number = lambda pattern: int((re.search(pattern, entry) or [0, 0])[1])
                spilled = number(r"(\d+) bytes spill stores")
                spilling |= spilled > 0
                registers = number(r"Used (\d+) registers")
                shared = number(r"(\d+) bytes smem")
                stack = number(r"(\d+) bytes stack frame")
                print(f"{name:34} compute_{arch} {target:6} {registers:9} {shared:7} {stack:6} {spilled:8}")
    if spilling:
        sys.exit("ptx: registers are spilled to memory")


if __name__ == "__main__":
    actions = {"make": make, "check": check, "assemble": assemble}
    if len(sys.argv) != 2 or sys.argv[1] not in actions:
        sys.exit(__doc__)
    actions[sys.argv[1]]()
