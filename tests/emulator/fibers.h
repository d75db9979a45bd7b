#pragma once
#include "device.h"

// Runs all blocks of a grid; false if a real GPU would refuse the launch.
bool emulated_launch(const EmulatedKernel &kernel, dim3 grid, dim3 block, size_t shared, void **arguments);
