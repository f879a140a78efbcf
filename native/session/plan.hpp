// What a session has worked out once: shapes, places in the arena, who owns what.
// Plain data only: these headers are compiled for several instruction sets, and an inline function
// shared between them could be linked in the wrong one.
#pragma once
#include <cstddef>
#include <cstdint>

namespace spusk {

enum Kind { SPARSE, DENSE, NARROW };  // first layer; hidden or wide output; few outputs, transposed

constexpr int64_t NARROW_MOST = 16;   // outputs that one visit of a tile can serve from registers
constexpr int64_t BLOCKS = 64;        // sums over neurons are cut into at most so many blocks
constexpr int64_t DEPTH = 32;         // rows of weights packed at a time, in units of one vector
constexpr int64_t ROW_BY_ROW = 16;    // examples in a batch too few to sort their inputs by column
constexpr int64_t SMALL_BATCH = 32;   // examples in a batch up to which W goes row by row
constexpr int64_t STRIP_ERRORS = 96;  // panels times examples whose errors stay near
constexpr int64_t SPILL = 16;         // entries past the end of a list that may be overwritten
constexpr int64_t NEAR_ROWS = 128;    // rows of one panel that stay in the nearest cache
constexpr int MOST_PARAMETERS = 4;    // of an update rule
constexpr int MOST_NUMBERS = 8;       // that it makes of them, once a step

struct Layer {
  int64_t n, m;  // W (n, m), b (m,)
  Kind kind;
  int activation;  // a number in ops/activations.hpp's list
  bool fused;      // dense under a narrow output: δ below is summed panel by panel
  int pv;          // vectors in a panel of neurons
  int64_t pw, panels, blocks;
  float *W, *b;     // in θ
  float *pack;      // resident copy [panel][n][pw] of a small first layer; [panel][m][pw] if narrow
  float *bias;      // (panels·pw) padded copy
  float *W_states;  // the update's states, each laid out like pack, or like W where there is none
  float *b_states;  // each like bias; (16) of a narrow output
  int64_t W_count, b_count;  // floats in one state
  float *A, *D;  // activations and errors: element (b, j) at panel·j/pw + row·b + j%pw
  float *Z;      // weighted inputs, where σ′ is written by them; null elsewhere
  int64_t row, panel;
};

struct Entry {  // one nonzero input: where (column, or row of the batch) and what
  uint32_t at;
  float value;
};

struct Range {  // from, up to
  int64_t from, to;
};

struct Lists {    // nonzero inputs of a batch, by rows and by columns
  int64_t marks;  // in a row
  int64_t *mark;  // (B, marks + 1) entries before each 32nd column, and all
  Entry *by_row;
  Range *column;  // (n,)
  Entry *by_column;
};

struct Worker {          // one thread's own memory
  float *tile;           // weights of one panel, or a packed block of them
  float *delta;          // (strip, B, pw) errors of some panels
  float *lanes;          // (rows of W, B, lanes) sums before their lanes are added
  float *output;         // (B, 16) of a narrow output
  float *output_delta;   // (B, 16) its errors
  float *output_bias;    // (16)
  float *output_states;  // (states, 16) of its update
};

struct Plan;

struct ActivationInfo {  // an entry of ops/activations.hpp's list
  const char *name;
  bool needs_z, coupled;
};
struct LossInfo {  // of ops/losses.hpp's
  const char *name;
};
struct UpdateInfo {  // of ops/updates.hpp's
  const char *name;
  const char *const *parameters;
  std::size_t parameter_count;
  int states;
  bool linear;
  void (*steps)(Plan &, int thread);
};

struct Kernels {  // one instruction set's code
  const char *isa;
  const char *compiled;  // by which compiler, with which flags
  int lanes, vectors;    // floats in a vector; vectors in the widest panel
  const ActivationInfo *activations;
  const LossInfo *losses;
  const UpdateInfo *updates;
  int activation_count, loss_count, update_count;
};

struct Plan {
  const Kernels *kernels;
  const UpdateInfo *update;
  double parameters[MOST_PARAMETERS];  // of the update
  int depth, threads;
  int64_t K, batch, n0, classes;
  int loss;  // a number in ops/losses.hpp's list
  Layer *layers;
  const uint8_t *pixels;  // (K, n0), or
  const float *floats;    // (K, n0)
  const int64_t *labels;  // (K,), or
  const float *targets;   // (K, classes)
  const float *weights;   // (K,) how much each example counts; null: all alike
  Lists lists[3];         // of steps in turn: one in use, one being written, one still read
  int64_t strip;          // panels that a row of W passes at once; 0: tile by tile instead
  bool row_by_row;        // first layer steps when it is visited next, by the lists of the rows
  bool lazy;              // first layer steps once in a window of steps
  int64_t window, rows;   // steps in a window; rows of the batch, or of a window where lazy
  float *gram;            // lazy: x_r·x_s (rows, gram_row)
  float *by_column;       // lazy: inputs by column (n0, gram_row)
  int64_t gram_row;
  Worker *workers;
  float *partial[2];  // narrow output: (blocks, B, 16), in turn, so that one barrier serves
  float *lanes;       // (threads, B, 16, lanes) sums before their lanes are added
  float *below;       // fused: (blocks, B, row of the layer below)
  void *team;
  void (*barrier)(void *team, int thread);
  const int64_t *order;  // this call
  int64_t first, last;
  const float *rates;  // of each step
  int64_t taken;       // steps before these, in the whole training
  double cost;
  int64_t correct, seen;
};

}  // namespace spusk
