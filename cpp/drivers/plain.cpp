#include "zoopt/driver.hpp"

namespace zoopt {
namespace {

const Register<Driver> entry{{"plain", "One generation after the other.", {}, [](const Options&, const Setup&) {
                                  return std::make_unique<Driver>();
                              }}};

}  // namespace
}  // namespace zoopt
