#include "zoopt/batch.hpp"

#include <algorithm>

#include "kernels.hpp"
#include "zoopt/threads.hpp"

namespace zoopt {
namespace {

constexpr std::size_t keep_at_most = std::size_t{1}
                                     << 24;  // floats, 64 MiB: reading them again is quicker than drawing
constexpr std::size_t tile_width = 1024;     // coordinates made at a time; a multiple of every block
constexpr std::size_t tile_rows = 4;         // samples made at a time
constexpr std::size_t column = 128;          // ranges of coordinates are shared out in multiples of every block
constexpr std::size_t short_row = 2048;      // coordinates up to which whole rows are drawn, several at a time

constexpr std::size_t least_share = 8 * column;  // coordinates of a thread

constexpr std::size_t at_once = 16;  // blocks of noise that a vector holds

constexpr std::size_t slack = 16;  // floats behind the noise that kernels may read

// Nanoseconds a (sample, coordinate) costs, roughly; decides when threads are worth their start. Adding up takes a
// fifth of what stands here where the noise is in the same processor's cache, but half of it is in another one's.
constexpr double cost_draw = 0.8;
constexpr double cost_perturb = 0.3;
constexpr double cost_accumulate = 0.5;

// Blocks of a row of noise: where there are many, whole vectors of them, so that none is drawn on its own.
std::size_t blocks_of(noise::Kind kind, std::size_t dim) {
    const std::size_t width = noise::block_width(kind), blocks = (dim + width - 1) / width;
    return blocks < 4 * at_once ? blocks : (blocks + at_once - 1) / at_once * at_once;
}

}  // namespace

Batch::Batch(noise::Kind kind, std::size_t samples, std::size_t dim)
    : kind_(kind),
      drawn_(samples),
      samples_(samples),
      dim_(dim),
      blocks_(blocks_of(kind, dim)),
      keeps_(samples * blocks_ * noise::block_width(kind) <= keep_at_most) {
    if (!keeps_) return;
    kept_.resize(samples_ * stride() + slack);
    done_.resize(samples_, 0);
}

void Batch::begin(const noise::Address& address, unsigned threads) {
    address_ = address;
    samples_ = drawn_;
    foreign_.clear();
    redrawn_.clear();
    shares_ = keeps_ && threads > 1 && dim_ >= threads * least_share ? threads : 1;
    if (!keeps_) return;
    done_.resize(samples_ * shares_);
    for (std::size_t k = 0; k < shares_; ++k) {
        const std::size_t start = share_begin(k);
        for (std::size_t s = 0; s < samples_; ++s) done_[s * shares_ + k] = start;
    }
}

std::size_t Batch::share_begin(std::size_t k) const {
    return k == shares_ ? dim_ : (dim_ + column - 1) / column * k / shares_ * column;
}

// Makes sure that the coordinates [from, to) of the samples [first, first + count) are there.
void Batch::draw(std::size_t first, std::size_t count, std::size_t from, std::size_t to) const {
    if (shares_ == 1 && stride() <= short_row) return draw_rows(first, count);
    const std::size_t width = noise::block_width(kind_);
    for (std::size_t k = 0; k < shares_; ++k) {
        if (share_begin(k + 1) <= from || share_begin(k) >= to) continue;
        const std::size_t here = std::min(to, share_begin(k + 1));
        const std::size_t end = here == dim_ ? stride() : (here + width - 1) / width * width;
        for (std::size_t s = first; s < first + count; ++s) {
            std::size_t& done = done_[s * shares_ + k];
            if (done >= end) continue;
            noise::fill_rows(kind_, address_, static_cast<std::uint32_t>(s), 1,
                             static_cast<std::uint32_t>(done / width), (end - done) / width,
                             kept_.data() + s * stride() + done);
            done = end;
        }
    }
}

// The whole of short rows, as many at a time as are missing next to each other.
void Batch::draw_rows(std::size_t first, std::size_t count) const {
    for (std::size_t s = first, rows = 1; s < first + count; s += rows, rows = 1) {
        if (done_[s] > 0) continue;
        while (s + rows < first + count && done_[s + rows] == 0) ++rows;
        noise::fill_rows(kind_, address_, static_cast<std::uint32_t>(s), rows, 0, blocks_, kept_.data() + s * stride());
        std::fill_n(done_.begin() + static_cast<std::ptrdiff_t>(s), rows, stride());
    }
}

void Batch::draw_all(unsigned threads) const {
    std::size_t missing = 0;
    for (std::size_t k = 0; keeps_ && k < shares_; ++k) {
        const std::size_t end = share_begin(k + 1);
        for (std::size_t s = 0; s < drawn_; ++s) missing += done_[s * shares_ + k] < end ? 1 : 0;
    }
    if (missing == 0) return;
    const double work = cost_draw * static_cast<double>(missing) * static_cast<double>(dim_ / shares_);
    if (shares_ > 1) {
        return threads::parallel(shares_, threads::worthwhile(work, threads), [&](std::size_t first, std::size_t last) {
            draw(0, samples_, share_begin(first), share_begin(last));
        });
    }
    threads::parallel(samples_, threads::worthwhile(work, threads),
                      [&](std::size_t first, std::size_t last) { draw(first, last - first, 0, dim_); });
}

void Batch::redraw(std::size_t sample, const noise::Address& address, std::uint32_t number) {
    if (keeps_) {
        noise::fill_rows(kind_, address, number, 1, 0, blocks_, kept_.data() + sample * stride());
        std::fill_n(done_.begin() + static_cast<std::ptrdiff_t>(sample * shares_), shares_, stride());
    } else {
        redrawn_[sample] = {address, number};
    }
}

Batch::Source Batch::source(std::size_t sample) const {
    const auto found = redrawn_.find(sample);
    return found == redrawn_.end() ? Source{address_, static_cast<std::uint32_t>(sample)} : found->second;
}

void Batch::adopt(std::vector<double> z) {
    samples_ = z.size() / dim_;
    foreign_ = std::move(z);
}

// The noise of [first, first + count) x [from, from + width) where none is kept: whole blocks, row after row.
void Batch::fill_tile(std::size_t first, std::size_t count, std::size_t from, std::size_t width, float* out) const {
    const std::size_t block = noise::block_width(kind_), blocks = (width + block - 1) / block;
    const auto begin = static_cast<std::uint32_t>(from / block);
    if (redrawn_.empty()) {
        noise::fill_rows(kind_, address_, static_cast<std::uint32_t>(first), count, begin, blocks, out);
        return;
    }
    for (std::size_t s = first; s < first + count; ++s, out += blocks * block) {
        const Source from_where = source(s);
        noise::fill_rows(kind_, from_where.address, from_where.number, 1, begin, blocks, out);
    }
}

// Calls use(z, stride, sample, samples, coordinate, width) for tiles that cover [first, first + count) x [from, to),
// samples ascending within each range of coordinates. Where noise is kept, it is drawn already.
template <class Use>
void Batch::tiles(std::size_t first, std::size_t count, std::size_t from, std::size_t to, Use&& use) const {
    alignas(64) float buffer[tile_rows * tile_width];
    const std::size_t block = noise::block_width(kind_), last = first + count;
    for (std::size_t i = from; i < to; i += tile_width) {
        const std::size_t here = std::min(tile_width, to - i);
        if (keeps_) {
            use(kept_.data() + first * stride() + i, stride(), first, count, i, here);
            continue;
        }
        for (std::size_t s = first; s < last; s += tile_rows) {
            const std::size_t rows = std::min(tile_rows, last - s);
            fill_tile(s, rows, i, here, buffer);
            use(static_cast<const float*>(buffer), (here + block - 1) / block * block, s, rows, i, here);
        }
    }
}

void Batch::perturb_piece(std::span<const double> mean, std::span<const double> step, std::span<const double> factors,
                          bool antithetic, const Piece& piece) const {
    const bool uniform = step.size() == 1;
    const std::size_t per_sample = antithetic ? 2 * piece.stride : piece.stride;
    if (keeps_) draw(piece.first, piece.count, piece.from, piece.from + piece.width);
    tiles(
        piece.first, piece.count, piece.from, piece.from + piece.width,
        [&, kernel = ZOOPT_PICK_TABLE(engine_kernels).perturb](const float* z, std::size_t stride, std::size_t s,
                                                               std::size_t samples, std::size_t i, std::size_t width) {
            kernel(mean.data() + i, uniform ? step.data() : step.data() + i, uniform,
                   factors.empty() ? nullptr : factors.data() + s, z, stride, samples, width, antithetic, piece.stride,
                   piece.rows + (s - piece.first) * per_sample + (i - piece.from));
        });
}

void Batch::perturb(std::span<const double> mean, std::span<const double> step, std::span<const double> factors,
                    std::size_t first, std::size_t count, bool antithetic, unsigned threads, double* rows) const {
    const std::size_t per_sample = antithetic ? 2 * dim_ : dim_;
    const double work = (cost_draw + cost_perturb) * static_cast<double>(count) * static_cast<double>(dim_);
    threads::parallel(count, threads::worthwhile(work, threads), [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = 0; i < dim_; i += tile_width) {
            perturb_piece(
                mean, step, factors, antithetic,
                {first + begin, end - begin, i, std::min(tile_width, dim_ - i), rows + begin * per_sample + i, dim_});
        }
    });
}

// The same over all samples, ranges of coordinates shared out among threads.
template <class Use>
void Batch::each_column(unsigned threads, Use&& use) const {
    draw_all(threads);
    const double each = cost_accumulate + (keeps_ ? 0.0 : cost_draw);
    const double work = each * static_cast<double>(samples_) * static_cast<double>(dim_);
    if (shares_ > 1) {
        return threads::parallel(shares_, threads::worthwhile(work, threads), [&](std::size_t begin, std::size_t end) {
            tiles(0, samples_, share_begin(begin), share_begin(end), use);
        });
    }
    const std::size_t pieces = (dim_ + column - 1) / column;
    threads::parallel(pieces, threads::worthwhile(work, threads), [&](std::size_t begin, std::size_t end) {
        tiles(0, samples_, begin * column, std::min(dim_, end * column), use);
    });
}

void Batch::first_moment(std::span<const double> w, unsigned threads, std::span<double> out) const {
    std::fill(out.begin(), out.end(), 0.0);
    for (std::size_t s = 0; foreign() && s < samples_; ++s) {
        for (std::size_t i = 0; i < dim_; ++i) out[i] += w[s] * foreign_[s * dim_ + i];
    }
    if (foreign()) return;
    const auto kernel = ZOOPT_PICK_TABLE(engine_kernels).accumulate;
    each_column(threads, [&](const float* z, std::size_t stride, std::size_t s, std::size_t samples, std::size_t i,
                             std::size_t width) { kernel(w.data() + s, z, stride, samples, width, out.data() + i); });
}

void Batch::second_moment(std::span<const double> w, unsigned threads, std::span<double> out) const {
    std::fill(out.begin(), out.end(), 0.0);
    for (std::size_t s = 0; foreign() && s < samples_; ++s) {
        for (std::size_t i = 0; i < dim_; ++i) {
            const double z = foreign_[s * dim_ + i];
            out[i] += w[s] * (z * z - 1.0);
        }
    }
    if (foreign()) return;
    const auto kernel = ZOOPT_PICK_TABLE(engine_kernels).accumulate_squares;
    each_column(threads, [&](const float* z, std::size_t stride, std::size_t s, std::size_t samples, std::size_t i,
                             std::size_t width) { kernel(w.data() + s, z, stride, samples, width, out.data() + i); });
}

void Batch::moments(std::span<const double> w, std::span<const double> v, unsigned threads, std::span<double> odd,
                    std::span<double> even) const {
    if (foreign()) {
        first_moment(w, threads, odd);
        return second_moment(v, threads, even);
    }
    std::fill(odd.begin(), odd.end(), 0.0);
    std::fill(even.begin(), even.end(), 0.0);
    const auto kernel = ZOOPT_PICK_TABLE(engine_kernels).accumulate_both;
    each_column(threads, [&](const float* z, std::size_t stride, std::size_t s, std::size_t samples, std::size_t i,
                             std::size_t width) {
        kernel(w.data() + s, v.data() + s, z, stride, samples, width, odd.data() + i, even.data() + i);
    });
}

void Batch::squared_norms(unsigned threads, std::span<double> out) const {
    const auto& kernels = ZOOPT_PICK_TABLE(engine_kernels);
    if (foreign()) {
        for (std::size_t s = 0; s < samples_; ++s) {
            out[s] = kernels.dot(&foreign_[s * dim_], &foreign_[s * dim_], dim_);
        }
        return;
    }
    draw_all(threads);
    const double work = cost_accumulate * static_cast<double>(samples_) * static_cast<double>(dim_);
    threads::parallel(samples_, threads::worthwhile(work, threads), [&](std::size_t begin, std::size_t end) {
        if (keeps_) {
            kernels.squared_norms(kept_.data() + begin * stride(), stride(), end - begin, dim_, &out[begin]);
            return;
        }
        for (std::size_t s = begin; s < end; ++s) {
            double lane[16] = {};
            tiles(s, 1, 0, dim_,
                  [&](const float* z, std::size_t, std::size_t, std::size_t, std::size_t, std::size_t width) {
                      kernels.add_squares(z, width, lane);
                  });
            out[s] = kernels.fold(lane);
        }
    });
}

void Batch::row(std::size_t sample, std::span<double> out) const {
    if (foreign()) {
        std::copy_n(foreign_.data() + sample * dim_, dim_, out.data());
        return;
    }
    if (keeps_) {
        draw(sample, 1, 0, dim_);
        std::copy_n(kept_.data() + sample * stride(), dim_, out.data());
        return;
    }
    const Source from_where = source(sample);
    noise::fill(kind_, from_where.address, from_where.number, 0, out);
}

}  // namespace zoopt
