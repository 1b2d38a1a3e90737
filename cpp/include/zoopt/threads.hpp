#pragma once
#include <algorithm>
#include <cstddef>

// A pool of threads, made when first needed and forgotten in a forked child, which makes its own.
namespace zoopt::threads {

// Work on items [first, last): refers to a callable that outlives it, so that handing work out allocates nothing.
class Work {
   public:
    template <class Callable>
    explicit Work(const Callable& callable) : callable_(&callable), call_(&invoke<Callable>) {}

    void operator()(std::size_t first, std::size_t last) const { call_(callable_, first, last); }

   private:
    template <class Callable>
    static void invoke(const void* callable, std::size_t first, std::size_t last) {
        (*static_cast<const Callable*>(callable))(first, last);
    }

    const void* callable_;
    void (*call_)(const void*, std::size_t, std::size_t);
};

// Two parts at least, for parallel() below.
void run_parts(std::size_t count, std::size_t parts, Work work);

// Splits [0, count) into at most `threads` contiguous parts and calls work(first, last) for each, the first part on the
// calling thread, and there also, in ascending order, those that no other thread has begun meanwhile. Runs serially
// where threads <= 1, count <= 1, the pool is in use (calls may nest) or there are no more threads to be had. The first
// exception that any part throws is thrown again here, after all parts have ended.
template <class Callable>
void parallel(std::size_t count, unsigned threads, const Callable& work) {
    const std::size_t parts = std::min<std::size_t>(count, threads);
    if (parts > 1) return run_parts(count, parts, Work(work));
    if (count > 0) work(std::size_t{0}, count);
}

// Between two looks at what another thread changes.
void pause();
void yield();

// Waits for what another thread is about to do, without sleeping; after a while others may have the processor.
template <class Condition>
void await(const Condition& condition) {
    constexpr int looks = 1000;
    for (int look = 0; !condition(); ++look) {
        if (look < looks) {
            pause();
        } else {
            yield();
        }
    }
}

// `threads`, or 1 where the whole work is too short (below about 20 microseconds) to be worth handing out.
inline unsigned worthwhile(double nanoseconds, unsigned threads) {
    return nanoseconds < 20e3 ? 1u : threads;
}

}  // namespace zoopt::threads
