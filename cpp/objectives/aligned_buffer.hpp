#pragma once
#include <cstddef>
#include <memory>
#include <new>

namespace zoopt::objectives {

// A fixed run of T that starts on a cache line, all zero at first.
template <class T>
class AlignedBuffer {
   public:
    explicit AlignedBuffer(std::size_t size)
        : data_(static_cast<T*>(::operator new(size * sizeof(T) + alignment, std::align_val_t{alignment}))) {
        std::uninitialized_fill_n(data_.get(), size, T{});
    }
    T* data() { return data_.get(); }
    const T* data() const { return data_.get(); }

   private:
    static constexpr std::size_t alignment = 64;
    struct Release {
        void operator()(T* memory) const { ::operator delete(memory, std::align_val_t{alignment}); }
    };
    std::unique_ptr<T, Release> data_;
};

}  // namespace zoopt::objectives
