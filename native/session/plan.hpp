// What a session has worked out once: shapes, places in the arena, who owns what.
// Plain data only: these headers are compiled for several instruction sets, and an inline function
// shared between them could be linked in the wrong one.
#pragma once
#include <cstdint>

namespace spusk {

enum Activation { SIGMOID, TANH, RELU, IDENTITY };
enum Error { SQUARED, CROSS_ENTROPY };
enum Kind { SPARSE, DENSE, NARROW };  // first layer; hidden or wide output; few outputs, transposed

constexpr int64_t NARROW_MOST = 16;  // outputs that one visit of a tile can serve from registers
constexpr int64_t BLOCKS = 64;       // sums over neurons are cut into at most so many blocks
constexpr int64_t DEPTH = 32;        // rows of weights packed at a time, in units of one vector

constexpr int64_t FEW = 16;          // precedents in a batch that are not worth sorting by column
constexpr int64_t SOME = 32;         // precedents in a batch up to which W goes row by row, not by tiles
constexpr int64_t NEAR_ERRORS = 96;  // panels times precedents whose errors stay near while it passes
constexpr int64_t SPILL = 16;        // entries past the end of a list of inputs that may be overwritten
constexpr int64_t NEAR = 128;        // rows of one panel that stay in the nearest cache

struct Layer {
  int64_t n, m;        // W (n, m), b (m,)
  Kind kind;
  Activation act;
  bool fused;       // dense under a narrow output: δ below is summed panel by panel
  int pv;           // vectors in a panel of neurons
  int64_t pw, panels, blocks;
  float *W, *b;     // in θ
  float *pack;      // resident copy [panel][n][pw] of a small first layer; [panel][m][pw] if narrow
  float *bias;      // (panels·pw) padded copy
  float *A, *D;     // activations and errors: element (b, j) at panel·j/pw + row·b + j%pw
  int64_t row, panel;
};

struct Entry {      // one nonzero input: where (column, or row of the batch) and what
  uint32_t at;
  float value;
};

struct Run {        // from, up to
  int64_t from, to;
};

struct Lists {      // nonzero inputs of a batch, by rows and by columns
  int64_t marks;       // in a row
  int64_t *mark;       // (B, marks + 1) entries before each 32nd column, and all
  Entry *by_row;
  Run *column;      // (n,)
  Entry *by_column;
};

struct Worker {     // one thread's own memory
  float *tile;      // weights of one panel, or a packed block of them
  float *delta;     // (strip, B, pw) errors of some panels
  float *lanes;     // (rows of W, B, lanes) sums before their lanes are added
  float *answer;    // (B, 16) of a narrow output
  float *out;       // (B, 16) its errors
  float *out_bias;  // (16)
};

struct Plan;
struct Kernels {    // one instruction set's code
  const char *isa;
  const char *compiled;  // by which compiler, with which flags
  int lanes, vectors;  // floats in a vector; vectors in the widest panel
  void (*steps)(Plan &, int thread);
};

struct Plan {
  const Kernels *kernels;
  int depth, threads;
  int64_t K, batch, n0, classes;
  Error error;
  Layer *layers;
  const uint8_t *pixels;     // (K, n0), or
  const float *floats;       // (K, n0)
  const int64_t *labels;     // (K,), or
  const float *targets;      // (K, classes)
  Lists lists[3];            // of steps in turn: one in use, one being written, one still read
  int64_t strip;                // panels that a row of W passes at once; 0: tile by tile instead
  bool lazy;                 // first layer steps once in a window of steps
  int64_t window, rows;         // steps in a window; rows of the batch, or of a window where lazy
  float *gram, *spread;      // lazy: x_r·x_s (rows, gram_row); inputs by column (n0, gram_row)
  int64_t gram_row;
  Worker *workers;
  float *partial[2];         // narrow output: (blocks, B, 16), in turn, so that one barrier serves
  float *lanes;              // (threads, B, 16, lanes) sums before their lanes are added
  float *below;              // fused: (blocks, B, row of the layer below)
  void *team;
  void (*barrier)(void *team, int thread);
  const int64_t *order;      // this call
  int64_t first, last;
  float rate;
  double cost;
  int64_t correct, seen;
};

}  // namespace spusk
