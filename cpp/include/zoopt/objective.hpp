#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace zoopt {

enum class Sense { minimise, maximise };

// Candidates, one a row, row-major and contiguous.
struct Rows {
    const double* data;
    std::size_t count;
    std::size_t dim;
};

// The generation in which an objective that has mini-batches is to use all it has.
inline constexpr std::uint64_t whole_set = ~std::uint64_t{0};

// A compiled objective. Values are natural (an accuracy is an accuracy, whatever the sense); the engine flips once.
class Objective {
   public:
    virtual ~Objective() = default;
    virtual std::size_t dim() const = 0;
    virtual Sense sense() const = 0;

    // values[r] becomes the value of row r, bit for bit the same whatever rows stand beside it, however the rows are
    // blocked and however many threads work. `generation` chooses the mini-batch where there is one, so that all rows
    // of a generation see the same batch. Called without the GIL.
    virtual void evaluate(const Rows& rows, std::uint64_t generation, unsigned threads,
                          std::span<double> values) const = 0;
};

}  // namespace zoopt
