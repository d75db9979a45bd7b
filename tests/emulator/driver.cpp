// The part of CUDA's driver that the program calls, on the CPU. Memory that a kernel has not written is
// poisoned (floats are NaN), and a page without access follows each piece, so that reading or
// writing past its end stops the program.
//
// SEETHRU_EMULATED_CUDA selects what it acts as: `no-device`, `old-driver`, `old-device`, or a number: bytes of device memory.
#include "device.h"
#include "fibers.h"
#include <map>
#include <mutex>
#include <string>
#include <sys/mman.h>
#include <vector>

namespace {

enum Result { Success = 0, InvalidValue = 1, OutOfMemory = 2, NoDevice = 100, InvalidPtx = 218, NotFound = 500, LaunchFailed = 719 };

struct Piece {
    char *start;
    size_t reserved, bytes;
};

std::recursive_mutex lock;
std::map<uint64_t, Piece> pieces;
size_t used;
std::vector<EmulatedKernel> &kernels() {
    static std::vector<EmulatedKernel> all;
    return all;
}

const char *acts_as() {
    const char *name = getenv("SEETHRU_EMULATED_CUDA");
    return name ? name : "";
}
bool acts_as(const char *what) { return !strcmp(acts_as(), what); }
size_t memory() {
    size_t bytes = strtoull(acts_as(), nullptr, 10);
    return bytes ? bytes : (size_t)2 << 30;
}

struct Module {
    std::string ptx;
};

int allocate(uint64_t *address, size_t bytes) {
    std::lock_guard<std::recursive_mutex> guard(lock);
    if (!bytes) return InvalidValue;
    if (used + bytes > memory()) return OutOfMemory;
    const size_t page = 4096;
    size_t rounded = (bytes + 15) / 16 * 16, whole = (rounded + page - 1) / page * page;
    char *start = (char *)mmap(nullptr, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) return OutOfMemory;
    mprotect(start + whole, page, PROT_NONE);
    char *at = start + whole - rounded;
    memset(at, 0xff, rounded);
    used += bytes;
    pieces[(uint64_t)at] = {start, whole + page, bytes};
    *address = (uint64_t)at;
    return Success;
}

int release(uint64_t address) {
    std::lock_guard<std::recursive_mutex> guard(lock);
    auto found = pieces.find(address);
    if (found == pieces.end()) return InvalidValue;
    used -= found->second.bytes;
    munmap(found->second.start, found->second.reserved);
    pieces.erase(found);
    return Success;
}

// The bytes from `address` on are all in one piece.
bool inside(uint64_t address, size_t bytes) {
    std::lock_guard<std::recursive_mutex> guard(lock);
    auto after = pieces.upper_bound(address);
    if (after == pieces.begin()) return false;
    auto piece = std::prev(after);
    return address + bytes <= piece->first + piece->second.bytes;
}

} // namespace

extern "C" {
void emulated_register(EmulatedKernel kernel) { kernels().push_back(kernel); }

int cuInit(unsigned) { return acts_as("no-device") ? NoDevice : Success; }
int cuDriverGetVersion(int *version) {
    *version = acts_as("old-driver") ? 11040 : 12000;
    return Success;
}
int cuDeviceGetCount(int *devices) {
    *devices = 1;
    return Success;
}
int cuDeviceGet(int *device, int ordinal) {
    *device = ordinal;
    return ordinal == 0 ? Success : InvalidValue;
}
int cuDeviceGetName(char *name, int length, int) {
    snprintf(name, length, "Emulated GPU");
    return Success;
}
int cuDeviceTotalMem_v2(size_t *bytes, int) {
    *bytes = memory();
    return Success;
}
int cuDeviceGetAttribute(int *value, int attribute, int) {
    switch (attribute) {
    case 16: *value = 4; break; // multiprocessors
    case 75: *value = acts_as("old-device") ? 6 : __CUDA_ARCH__ / 100; break;
    case 76: *value = acts_as("old-device") ? 1 : __CUDA_ARCH__ / 10 % 10; break;
    case 97: *value = 64 << 10; break; // shared memory of a block, opted into
    default: *value = 0;
    }
    return Success;
}
int cuDevicePrimaryCtxRetain(void **context, int) {
    *context = (void *)1;
    return Success;
}
int cuDevicePrimaryCtxRelease_v2(int) { return Success; }
int cuCtxGetCurrent(void **context) {
    *context = (void *)1;
    return Success;
}
int cuCtxSetCurrent(void *) { return Success; }
int cuCtxSynchronize() { return Success; }
int cuMemGetInfo_v2(size_t *free, size_t *total) {
    *total = memory();
    *free = *total - used;
    return Success;
}
int cuMemAlloc_v2(uint64_t *address, size_t bytes) { return allocate(address, bytes); }
int cuMemAllocAsync(uint64_t *address, size_t bytes, void *) { return allocate(address, bytes); }
int cuMemFree_v2(uint64_t address) { return release(address); }
int cuMemFreeAsync(uint64_t address, void *) { return release(address); }
int cuMemsetD8Async(uint64_t address, unsigned char value, size_t bytes, void *) {
    if (!inside(address, bytes)) return InvalidValue;
    memset((void *)address, value, bytes);
    return Success;
}
int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, void *) {
    if (!bytes) return Success;
    if (!inside(to, bytes)) return InvalidValue;
    memcpy((void *)to, from, bytes);
    return Success;
}
int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *) {
    if (!bytes) return Success;
    if (!inside(from, bytes)) return InvalidValue;
    memcpy(to, (void *)from, bytes);
    return Success;
}
int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void *) {
    if (!inside(to, bytes) || !inside(from, bytes)) return InvalidValue;
    memcpy((void *)to, (void *)from, bytes);
    return Success;
}
int cuMemHostAlloc(void **address, size_t bytes, unsigned) {
    *address = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    return *address ? Success : OutOfMemory;
}
int cuMemFreeHost(void *address) {
    free(address);
    return Success;
}
int cuStreamCreate(void **stream, unsigned) {
    *stream = malloc(1);
    return Success;
}
int cuStreamDestroy_v2(void *stream) {
    free(stream);
    return Success;
}
int cuStreamSynchronize(void *) { return Success; }
int cuStreamWaitEvent(void *, void *, unsigned) { return Success; }
int cuEventCreate(void **event, unsigned) {
    *event = malloc(1);
    return Success;
}
int cuEventDestroy_v2(void *event) {
    free(event);
    return Success;
}
int cuEventRecord(void *, void *) { return Success; }
int cuEventSynchronize(void *) { return Success; }
int cuEventQuery(void *) { return Success; }
int cuModuleLoadData(void **module, const void *ptx) {
    std::string text = (const char *)ptx;
    if (text.find(".version 8.0") == std::string::npos) return InvalidPtx;
    *module = new Module{text};
    return Success;
}
int cuModuleUnload(void *module) {
    delete (Module *)module;
    return Success;
}
// The kernel must be in the PTX, with as many parameters, and among those compiled here.
int cuModuleGetFunction(void **function, void *module, const char *name) {
    const std::string &ptx = ((Module *)module)->ptx;
    size_t at = ptx.find(".entry " + std::string(name) + "(");
    if (at == std::string::npos) return NotFound;
    size_t end = ptx.find(')', at), parameters = 0;
    for (size_t p = ptx.find(".param", at); p < end; p = ptx.find(".param", p + 1)) parameters++;
    for (EmulatedKernel &kernel : kernels())
        if (!strcmp(kernel.name, name)) {
            if ((size_t)kernel.arguments != parameters) return InvalidPtx;
            *function = &kernel;
            return Success;
        }
    return NotFound;
}
int cuFuncSetAttribute(void *, int, int) { return Success; }
int cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared, void *, void **arguments, void **) {
    std::lock_guard<std::recursive_mutex> guard(lock);
    return emulated_launch(*(EmulatedKernel *)function, {gx, gy, gz}, {bx, by, bz}, shared, arguments)
               ? Success
               : InvalidValue;
}
}
