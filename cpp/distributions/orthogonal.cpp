#include <algorithm>
#include <cmath>

#include "listed.hpp"
#include "zoopt/error.hpp"

namespace zoopt {
namespace {

constexpr std::size_t widest_block = 64;

// Blocks of at most 64 directions that are orthogonal to each other, each of length sqrt(d): normals, orthonormalised
// by Gram-Schmidt, twice over (once more is enough: Kahan, in Parlett 1980).
class Orthogonal final : public Listed {
   public:
    Orthogonal(const Setup& setup, std::size_t block) : Listed(setup), block_(block) {}

    void prepare(Theta&) const override {}

    void begin(const Theta& theta, const noise::Address& address, unsigned) override {
        const std::size_t d = theta.dim();
        z().resize(drawn() * d);
        for (std::size_t s = 0; s < drawn(); ++s) {
            others_.clear();
            for (std::size_t t = s - s % block_; t < s; ++t) others_.push_back(t);
            draw(s, d, address, static_cast<std::uint32_t>(s));
        }
    }

    // A replacement is orthogonal to those of its block that stay, and to the replacements before it.
    void redraw(const Theta& theta, std::span<const Replacement> samples, const noise::Address& address) override {
        for (std::size_t k = 0; k < samples.size(); ++k) {
            const std::size_t s = samples[k].sample, first = s - s % block_;
            others_.clear();
            std::size_t later = k;
            for (std::size_t t = first; t < block_end(first); ++t) {
                const bool pending = later < samples.size() && samples[later].sample == t;
                if (pending) ++later;
                if (!pending) others_.push_back(t);
            }
            draw(s, theta.dim(), address, samples[k].number);
        }
    }

    // The others of a block that spans the whole space leave one direction: its own, and the opposite, which an
    // antithetic pair has already.
    void keep_replaceable(std::vector<std::size_t>& samples) const override {
        const auto lonely = [&](std::size_t k) {
            const std::size_t block = samples[k] / block_;
            const bool before = k > 0 && samples[k - 1] / block_ == block;
            const bool after = k + 1 < samples.size() && samples[k + 1] / block_ == block;
            return !before && !after && block_end(block * block_) - block * block_ == dim();
        };
        std::vector<std::size_t> kept;
        for (std::size_t k = 0; k < samples.size(); ++k) {
            if (!lonely(k)) kept.push_back(samples[k]);
        }
        samples.swap(kept);
    }

    bool independent() const override { return false; }

    void adopt(const Theta& theta, const Rows& rows) override {
        z().resize(rows.count * rows.dim);
        for (std::size_t k = 0; k < z().size(); ++k) z()[k] = (rows.data[k] - theta.mean[k % rows.dim]) / theta.scale;
    }

    void candidates(const Theta& theta, std::size_t first, std::size_t count, bool antithetic, unsigned,
                    double* rows) const override {
        const std::size_t d = theta.dim();
        for (std::size_t s = first; s < first + count; ++s) {
            const double* z_s = &z()[s * d];
            for (std::size_t i = 0; i < d; ++i) rows[i] = theta.mean[i] + theta.scale * z_s[i];
            rows += d;
            if (!antithetic) continue;
            for (std::size_t i = 0; i < d; ++i) rows[i] = theta.mean[i] - theta.scale * z_s[i];
            rows += d;
        }
    }

    void vanilla(const Theta& theta, std::span<double> g) const override {
        for (double& x : g) x /= theta.scale;
    }

    void natural(const Theta& theta, std::span<double> g) const override {
        for (double& x : g) x *= theta.scale;
    }

   private:
    std::size_t block_end(std::size_t first) const { return std::min(first + block_, drawn()); }

    // Sample s becomes the normals of sample `number`, made orthogonal to the others_.
    void draw(std::size_t s, std::size_t d, const noise::Address& address, std::uint32_t number) {
        const std::span<double> row(&z()[s * d], d);
        noise::fill(noise::Kind::normal, address, number, 0, row);
        for (int pass = 0; pass < 2; ++pass) {
            for (const std::size_t t : others_) subtract_projection(&z()[t * d], row);
        }
        stretch(row);
    }

    // `unit` has length sqrt(d) already.
    static void subtract_projection(const double* unit, std::span<double> row) {
        const double share =
            ZOOPT_PICK_TABLE(engine_kernels).dot(unit, row.data(), row.size()) / static_cast<double>(row.size());
        for (std::size_t i = 0; i < row.size(); ++i) row[i] -= share * unit[i];
    }

    static void stretch(std::span<double> row) {
        const double square = ZOOPT_PICK_TABLE(engine_kernels).dot(row.data(), row.data(), row.size());
        const double factor = square > 0.0 ? std::sqrt(static_cast<double>(row.size()) / square) : 0.0;
        for (double& x : row) x *= factor;
    }

    std::size_t block_;
    std::vector<std::size_t> others_;  // of its block, those that a sample is made orthogonal to
};

std::unique_ptr<Distribution> make(const Options& options, const Setup& setup) {
    const std::size_t most = std::min(widest_block, setup.dim);
    const double block = option(options, "block", static_cast<double>(std::min(most, setup.samples)));
    if (block > static_cast<double>(most)) {
        throw Error(ErrorKind::invalid_option, "there are no more than " + std::to_string(most) +
                                                   " orthogonal directions to a block in " + std::to_string(setup.dim) +
                                                   " dimensions; lower the option block");
    }
    return std::make_unique<Orthogonal>(setup, static_cast<std::size_t>(block));
}

const Register<Distribution> entry{{"orthogonal",
                                    "Orthogonal directions of length sqrt(d), by blocks (Choromanski et al. 2018).",
                                    {{"block", automatic, 1.0, static_cast<double>(widest_block),
                                      "directions that are orthogonal to each other, a whole number; automatic: all, "
                                      "but at most 64 and the dimension"}},
                                    make}};

}  // namespace
}  // namespace zoopt
