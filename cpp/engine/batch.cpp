#include "zoopt/batch.hpp"

#include <algorithm>

#include "kernels.hpp"
#include "zoopt/threads.hpp"

namespace zoopt {
namespace {

constexpr std::size_t keep_at_most = std::size_t{1}
                                     << 24;  // floats, 64 MiB: reading them again is quicker than drawing
constexpr std::size_t tile_width = 1024;     // coordinates made at a time; a multiple of every block

// Nanoseconds a (sample, coordinate) costs, roughly; decides when threads are worth their start.
constexpr double cost_draw = 0.8;
constexpr double cost_perturb = 2.0;
constexpr double cost_accumulate = 0.5;

}  // namespace

Batch::Batch(noise::Kind kind, std::size_t samples, std::size_t dim)
    : kind_(kind),
      drawn_(samples),
      samples_(samples),
      dim_(dim),
      blocks_((dim + noise::block_width(kind) - 1) / noise::block_width(kind)),
      keeps_(samples * blocks_ * noise::block_width(kind) <= keep_at_most) {
    if (keeps_) kept_.resize(samples_ * blocks_ * noise::block_width(kind_));
}

void Batch::begin(const noise::Address& address, unsigned threads) {
    address_ = address;
    samples_ = drawn_;
    foreign_.clear();
    redrawn_.clear();
    if (!keeps_) return;
    const std::size_t stride = blocks_ * noise::block_width(kind_);
    const double work = cost_draw * static_cast<double>(samples_) * static_cast<double>(stride);
    threads::parallel(samples_, threads::worthwhile(work, threads), [&](std::size_t first, std::size_t last) {
        noise::fill_rows(kind_, address_, static_cast<std::uint32_t>(first), last - first, 0, blocks_,
                         kept_.data() + first * stride);
    });
}

void Batch::redraw(std::size_t sample, const noise::Address& address, std::uint32_t number) {
    if (keeps_) {
        const std::size_t stride = blocks_ * noise::block_width(kind_);
        noise::fill_rows(kind_, address, number, 1, 0, blocks_, kept_.data() + sample * stride);
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

// Calls use(z, stride, sample, samples, coordinate, width) for tiles that cover [first, first + count) x [from, to),
// samples ascending within each range of coordinates.
template <class Use>
void Batch::tiles(std::size_t first, std::size_t count, std::size_t from, std::size_t to, Use&& use) const {
    const std::size_t width = noise::block_width(kind_);
    if (keeps_) {
        const std::size_t stride = blocks_ * width;
        use(kept_.data() + first * stride + from, stride, first, count, from, to - from);
        return;
    }
    alignas(64) float buffer[tile_width];
    for (std::size_t i = from; i < to; i += tile_width) {
        const std::size_t here = std::min(tile_width, to - i);
        for (std::size_t s = first; s < first + count; ++s) {
            const Source from_where = source(s);
            noise::fill_rows(kind_, from_where.address, from_where.number, 1, static_cast<std::uint32_t>(i / width),
                             (here + width - 1) / width, buffer);
            use(buffer, tile_width, s, 1, i, here);
        }
    }
}

void Batch::perturb(std::span<const double> mean, std::span<const double> step, std::span<const double> factors,
                    std::size_t first, std::size_t count, bool antithetic, unsigned threads, double* rows) const {
    const auto kernel = ZOOPT_PICK_TABLE(engine_kernels).perturb;
    const bool uniform = step.size() == 1;
    const std::size_t per_sample = antithetic ? 2 * dim_ : dim_;
    const double work = cost_perturb * static_cast<double>(count) * static_cast<double>(dim_);
    threads::parallel(count, threads::worthwhile(work, threads), [&](std::size_t begin, std::size_t end) {
        tiles(first + begin, end - begin, 0, dim_,
              [&](const float* z, std::size_t stride, std::size_t s, std::size_t samples, std::size_t i,
                  std::size_t width) {
                  kernel(mean.data() + i, uniform ? step.data() : step.data() + i, uniform,
                         factors.empty() ? nullptr : factors.data() + s, z, stride, samples, width, antithetic, dim_,
                         rows + (s - first) * per_sample + i);
              });
    });
}

// The same over all samples, ranges of coordinates shared out among threads.
template <class Use>
void Batch::each_column(unsigned threads, Use&& use) const {
    const std::size_t pieces = (dim_ + tile_width - 1) / tile_width;
    const double work = cost_accumulate * static_cast<double>(samples_) * static_cast<double>(dim_);
    threads::parallel(pieces, threads::worthwhile(work, threads), [&](std::size_t begin, std::size_t end) {
        tiles(0, samples_, begin * tile_width, std::min(dim_, end * tile_width), use);
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
    const double work = cost_accumulate * static_cast<double>(samples_) * static_cast<double>(dim_);
    threads::parallel(samples_, threads::worthwhile(work, threads), [&](std::size_t begin, std::size_t end) {
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
        std::copy_n(kept_.data() + sample * blocks_ * noise::block_width(kind_), dim_, out.data());
        return;
    }
    const Source from_where = source(sample);
    noise::fill(kind_, from_where.address, from_where.number, 0, out);
}

}  // namespace zoopt
