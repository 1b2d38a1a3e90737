#include <algorithm>

#include "fields.hpp"
#include "zoopt/error.hpp"

namespace zoopt::flows {
namespace {

// A matrix by rows, which may stand in somebody else's memory.
template <class T>
struct Rows2 {
    T* data;
    std::size_t rows;
    std::size_t columns;
};
using Matrix = Rows2<double>;
using View = Rows2<const double>;

View view(const Matrix& of) {
    return {of.data, of.rows, of.columns};
}

void clear(const Matrix& matrix) {
    std::fill(matrix.data, matrix.data + matrix.rows * matrix.columns, 0.0);
}

// out += A B
void add_product(const View& a, const View& b, const Matrix& out) {
    for (std::size_t i = 0; i < a.rows; ++i) {
        for (std::size_t k = 0; k < a.columns; ++k) {
            const double factor = a.data[i * a.columns + k];
            for (std::size_t j = 0; j < b.columns; ++j) {
                out.data[i * b.columns + j] += factor * b.data[k * b.columns + j];
            }
        }
    }
}

// out += A^T B
void add_transposed_product(const View& a, const View& b, const Matrix& out) {
    for (std::size_t k = 0; k < a.rows; ++k) {
        for (std::size_t i = 0; i < a.columns; ++i) {
            const double factor = a.data[k * a.columns + i];
            for (std::size_t j = 0; j < b.columns; ++j) {
                out.data[i * b.columns + j] += factor * b.data[k * b.columns + j];
            }
        }
    }
}

// out += A B^T
void add_product_transposed(const View& a, const View& b, const Matrix& out) {
    for (std::size_t i = 0; i < a.rows; ++i) {
        for (std::size_t j = 0; j < b.rows; ++j) {
            double sum = 0.0;
            for (std::size_t k = 0; k < a.columns; ++k) sum += a.data[i * a.columns + k] * b.data[j * b.columns + k];
            out.data[i * b.rows + j] += sum;
        }
    }
}

class DeepLinear final : public Field {
   public:
    DeepLinear(std::vector<std::size_t> widths, std::size_t columns, std::vector<double> inputs,
               std::vector<double> targets)
        : widths_(std::move(widths)), columns_(columns), inputs_(std::move(inputs)), targets_(std::move(targets)) {
        for (std::size_t l = 0; l + 1 < widths_.size(); ++l) {
            first_.push_back(dim_);
            dim_ += widths_[l] * widths_[l + 1];
        }
        if (inputs_.size() != widths_.front() * columns || targets_.size() != widths_.back() * columns) {
            throw Error(ErrorKind::invalid_input, "inputs and targets must have one row a unit and equal columns");
        }
        for (std::size_t width : widths_) {
            for (auto* layers : {&outputs_, &slopes_, &output_changes_, &slope_changes_}) {
                layers->emplace_back(width * columns);
            }
        }
        std::copy(inputs_.begin(), inputs_.end(), outputs_.front().begin());
    }

    std::size_t dim() const override { return dim_; }
    bool has_hessian_vector() const override { return true; }

   protected:
    double find_value(Point x) const override {
        forward(x);
        double sum = 0.0;
        for (double rest : slopes_.back()) sum += rest * rest;
        return 0.5 * sum;
    }

    void find_gradient(Point x, Slots out) const override {
        forward(x);
        backward(x);
        std::fill(out.begin(), out.end(), 0.0);
        for (std::size_t l = 0; l < layers(); ++l) {
            add_product_transposed(of(slopes_, l + 1), of(outputs_, l), weights(out, l));
        }
    }

    double find_both(Point x, Slots out) const override {
        find_gradient(x, out);
        double sum = 0.0;
        for (double rest : slopes_.back()) sum += rest * rest;
        return 0.5 * sum;
    }

    // The derivative along v of the passes of the gradient.
    void find_hessian_vector(Point x, Point v, Slots out) const override {
        forward(x);
        backward(x);
        std::fill(output_changes_.front().begin(), output_changes_.front().end(), 0.0);
        for (std::size_t l = 0; l < layers(); ++l) {
            const Matrix change = cell(output_changes_, l + 1);
            clear(change);
            add_product(weights(v, l), of(outputs_, l), change);
            add_product(weights(x, l), of(output_changes_, l), change);
        }
        slope_changes_.back() = output_changes_.back();
        std::fill(out.begin(), out.end(), 0.0);
        for (std::size_t l = layers(); l-- > 0;) {
            add_product_transposed(of(slope_changes_, l + 1), of(outputs_, l), weights(out, l));
            add_product_transposed(of(slopes_, l + 1), of(output_changes_, l), weights(out, l));
            const Matrix change = cell(slope_changes_, l);
            clear(change);
            add_transposed_product(weights(v, l), of(slopes_, l + 1), change);
            add_transposed_product(weights(x, l), of(slope_changes_, l + 1), change);
        }
    }

   private:
    using Layers = std::vector<std::vector<double>>;

    std::size_t layers() const { return widths_.size() - 1; }
    View weights(Point x, std::size_t l) const { return {x.data() + first_[l], widths_[l + 1], widths_[l]}; }
    Matrix weights(Slots x, std::size_t l) const { return {x.data() + first_[l], widths_[l + 1], widths_[l]}; }
    Matrix cell(Layers& of, std::size_t l) const { return {of[l].data(), widths_[l], columns_}; }
    View of(Layers& kept, std::size_t l) const { return view(cell(kept, l)); }

    // Outputs of every layer; the slope of the last is its residual.
    void forward(Point x) const {
        for (std::size_t l = 0; l < layers(); ++l) {
            clear(cell(outputs_, l + 1));
            add_product(weights(x, l), of(outputs_, l), cell(outputs_, l + 1));
        }
        for (std::size_t i = 0; i < targets_.size(); ++i) slopes_.back()[i] = outputs_.back()[i] - targets_[i];
    }

    void backward(Point x) const {
        for (std::size_t l = layers() - 1; l > 0; --l) {
            clear(cell(slopes_, l));
            add_transposed_product(weights(x, l), of(slopes_, l + 1), cell(slopes_, l));
        }
    }

    std::vector<std::size_t> widths_;
    std::vector<std::size_t> first_;
    std::size_t columns_;
    std::size_t dim_ = 0;
    std::vector<double> inputs_;
    std::vector<double> targets_;
    mutable Layers outputs_;
    mutable Layers slopes_;
    mutable Layers output_changes_;
    mutable Layers slope_changes_;
};

}  // namespace

std::unique_ptr<Field> deep_linear(std::vector<std::size_t> widths, std::size_t columns, std::vector<double> inputs,
                                   std::vector<double> targets) {
    return std::make_unique<DeepLinear>(std::move(widths), columns, std::move(inputs), std::move(targets));
}

}  // namespace zoopt::flows
