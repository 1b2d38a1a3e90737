#include "zoopt/threads.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace zoopt::threads {
namespace {

constexpr int spins = 4000;  // some 60 microseconds, about what it takes to wake a thread that sleeps

inline void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// Waits for a condition for as long as sleeping would cost; whether it came true is for the caller to see.
template <class Condition>
void wait_awake(bool allowed, Condition&& condition) {
    for (int i = 0; allowed && i < spins && !condition(); ++i) pause();
}

class Pool {
   public:
    // Runs part(0) ... part(parts - 1); false where the pool is in use, be it by a caller above this one on the same
    // thread, or where the system gives no more threads.
    bool run(std::size_t parts, const std::function<void(std::size_t)>& part) {
        if (busy_.test_and_set(std::memory_order_acquire)) return false;
        const bool ran = run_alone(parts, part);
        busy_.clear(std::memory_order_release);
        return ran;
    }

   private:
    bool run_alone(std::size_t parts, const std::function<void(std::size_t)>& part) {
        if (!grow(parts - 1)) return false;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            part_ = &part;
            parts_ = parts;
            pending_ = workers_.size();
            ++round_;
        }
        start_.notify_all();
        part(parts - 1);
        wait_awake(roomy(), [this] { return pending_.load(std::memory_order_acquire) == 0; });
        std::unique_lock<std::mutex> lock(mutex_);
        finish_.wait(lock, [this] { return pending_ == 0; });
        return true;
    }

    bool grow(std::size_t workers) {
        try {
            while (workers_.size() < workers) {
                threads_.store(workers_.size() + 2, std::memory_order_relaxed);
                workers_.emplace_back(
                    [this, index = workers_.size(), seen = round_.load()]() mutable { work(index, seen); });
            }
        } catch (const std::system_error&) {
            return false;
        }
        return true;
    }

    // Whether every thread has a processor to itself; waiting awake would else keep the others from working.
    bool roomy() const { return threads_.load(std::memory_order_relaxed) <= processors_; }

    [[noreturn]] void work(std::size_t index, std::uint64_t seen) {
        for (;;) {
            wait_awake(roomy(), [&] { return round_.load(std::memory_order_acquire) != seen; });
            std::unique_lock<std::mutex> lock(mutex_);
            start_.wait(lock, [&] { return round_ != seen; });
            seen = round_;
            const std::function<void(std::size_t)>* part = part_;
            const bool mine = index + 1 < parts_;
            lock.unlock();
            if (mine) (*part)(index);
            lock.lock();
            if (--pending_ == 0) finish_.notify_one();
        }
    }

    std::atomic_flag busy_;
    std::mutex mutex_;
    std::condition_variable start_;
    std::condition_variable finish_;
    std::vector<std::thread> workers_;
    const std::function<void(std::size_t)>* part_ = nullptr;
    std::size_t parts_ = 0;
    const std::size_t processors_ = std::thread::hardware_concurrency();
    std::atomic<std::size_t> threads_{1};  // workers and the caller
    std::atomic<std::size_t> pending_{
        0};  // both change under the lock, and are read without it by those who wait awake
    std::atomic<std::uint64_t> round_{0};
};

// The pool lives on the heap and is never destroyed: its threads may still wait when the process exits, and after a
// fork the child's copy has no threads at all, so the child drops the pointer and makes a pool of its own.
std::atomic<Pool*> the_pool{nullptr};

void forget_pool() {
    the_pool.store(nullptr, std::memory_order_relaxed);
}

Pool& pool() {
    static const int registered = pthread_atfork(nullptr, nullptr, forget_pool);
    (void)registered;
    Pool* now = the_pool.load(std::memory_order_acquire);
    if (now != nullptr) return *now;
    Pool* fresh = new Pool;
    if (the_pool.compare_exchange_strong(now, fresh, std::memory_order_acq_rel)) return *fresh;
    delete fresh;
    return *now;
}

}  // namespace

void parallel(std::size_t count, unsigned threads, const Work& work) {
    const std::size_t parts = std::min<std::size_t>(count, std::max(1u, threads));
    if (count == 0) return;
    if (parts == 1) return work(0, count);
    std::exception_ptr failure;
    std::mutex failing;
    const auto part = [&](std::size_t index) {
        try {
            work(count * index / parts, count * (index + 1) / parts);
        } catch (...) {
            const std::lock_guard<std::mutex> lock(failing);
            if (!failure) failure = std::current_exception();
        }
    };
    if (!pool().run(parts, part)) return work(0, count);
    if (failure) std::rethrow_exception(failure);
}

unsigned worthwhile(double nanoseconds, unsigned threads) {
    return nanoseconds < 20e3 ? 1u : threads;
}

}  // namespace zoopt::threads
