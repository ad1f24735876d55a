/* Which of the builds of these files the processor can run. */

#include "kernels.h"

#if defined(__x86_64__)
#include <cpuid.h>

static uint64_t enabled_registers(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

#define HAS(register, bits) (((register) & (bits)) == (bits))

/* 2, 3 or 4 for the levels of x86-64 that the psABI defines by these features; 1 for less. The
   operating system has to save the wide registers too, which xgetbv tells. */
int64_t nnplay_processor_level(void) {
    uint32_t a, b, c, d, more_b, more_c, more_d, extended_c;
    if (!__get_cpuid(1, &a, &b, &c, &d))
        return 1;
    if (!HAS(c, bit_SSE3 | bit_SSSE3 | bit_SSE4_1 | bit_SSE4_2 | bit_POPCNT))
        return 1;
    if (!HAS(c, bit_OSXSAVE | bit_AVX | bit_FMA | bit_F16C | bit_MOVBE))
        return 2;
    if (!__get_cpuid_count(7, 0, &a, &more_b, &more_c, &more_d) ||
        !__get_cpuid(0x80000001, &a, &b, &extended_c, &d))
        return 2;
    uint64_t registers = enabled_registers();
    if (!HAS(registers, 0x6) || !HAS(more_b, bit_AVX2 | bit_BMI | bit_BMI2) ||
        !HAS(extended_c, bit_LZCNT))
        return 2;
    if (!HAS(registers, 0xe6) ||
        !HAS(more_b, bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL))
        return 3;
    return 4;
}
#else
/* Every 64-bit ARM has NEON. */
int64_t nnplay_processor_level(void) { return 1; }
#endif
