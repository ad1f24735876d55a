/* The order of an epoch's samples: the one that torch.randperm gives for the same seed, so that a
   run sees the same batches whoever takes its steps. */

#include "kernels.h"

/* The Mersenne Twister of Matsumoto and Nishimura, 1998: size of its state and distance of the
   word that is mixed in. */
enum { WORDS = 624, FAR = 397 };

static void seed_words(uint32_t *words, uint32_t seed) {
    words[0] = seed;
    for (uint32_t i = 1; i < WORDS; i++)
        words[i] = 1812433253u * (words[i - 1] ^ (words[i - 1] >> 30)) + i;
}

static inline uint32_t twisted(uint32_t upper, uint32_t lower, uint32_t far) {
    uint32_t mixed = (upper & 0x80000000u) | (lower & 0x7FFFFFFFu);
    return far ^ (mixed >> 1) ^ (0x9908B0DFu & (0u - (mixed & 1u)));
}

static void twist(uint32_t *words) {
    for (int i = 0; i < WORDS - FAR; i++)
        words[i] = twisted(words[i], words[i + 1], words[i + FAR]);
    for (int i = WORDS - FAR; i < WORDS - 1; i++)
        words[i] = twisted(words[i], words[i + 1], words[i + FAR - WORDS]);
    words[WORDS - 1] = twisted(words[WORDS - 1], words[0], words[FAR - 1]);
}

void nnplay_shuffle(int64_t *order, int64_t count, uint32_t *words, int64_t seed) {
    seed_words(words, (uint32_t)seed);
    for (int64_t i = 0; i < count; i++)
        order[i] = i;
    int place = WORDS;
    for (int64_t i = 0; i < count - 1; i++) {
        if (place == WORDS) {
            twist(words);
            place = 0;
        }
        uint32_t word = words[place++];
        word ^= word >> 11;
        word ^= (word << 7) & 0x9D2C5680u;
        word ^= (word << 15) & 0xEFC60000u;
        word ^= word >> 18;
        int64_t other = i + word % (uint32_t)(count - i), mine = order[i];
        order[i] = order[other];
        order[other] = mine;
    }
}
