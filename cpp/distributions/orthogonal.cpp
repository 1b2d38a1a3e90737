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
            const std::span<double> row(&z()[s * d], d);
            noise::fill(noise::Kind::normal, address, static_cast<std::uint32_t>(s), 0, row);
            const std::size_t first = s - s % block_;
            for (int pass = 0; pass < 2; ++pass) {
                for (std::size_t t = first; t < s; ++t) subtract_projection(&z()[t * d], row);
            }
            stretch(row);
        }
    }

    // A replacement is orthogonal to nothing: a block may have no direction left for it.
    void redraw(const Theta& theta, std::size_t sample, const noise::Address& address, std::uint32_t number) override {
        const std::span<double> row(&z()[sample * theta.dim()], theta.dim());
        noise::fill(noise::Kind::normal, address, number, 0, row);
        stretch(row);
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
