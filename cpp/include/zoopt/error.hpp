#pragma once
#include <stdexcept>
#include <string>

namespace zoopt {

// What the caller got wrong; the bindings translate each kind once into the Python class of the same name.
enum class ErrorKind { invalid_input, invalid_option, unknown_name, state, unsupported_cpu };

class Error : public std::runtime_error {
   public:
    Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
    ErrorKind kind() const noexcept { return kind_; }

   private:
    ErrorKind kind_;
};

}  // namespace zoopt
