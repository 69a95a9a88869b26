// Probes other systems, each at its own pace with jitter, over and over. A probe has a time limit that also bounds the
// resolving of names, and nothing waits for it: what does not answer is told when its time is over, and asked again.
//
// Threads: belongs to the one that runs its io_context, like HttpClient.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "platform/os/entropy.hpp"
#include "platform/probe/settings.hpp"

namespace boost::asio {
class io_context;
}

namespace holdline::platform {

struct ProbeOutcome {
  bool good = false;
  std::int64_t took_ms = 0;  // until the answer was there; of a bad one until that was known
  std::string why;           // of a bad one, for IT: "timeout", "status-503", "text-missing", "secret-missing"…
};

class ProbeRounds {
 public:
  // `settings` lives as long as this.
  using Told = std::function<void(const ProbeSettings& settings, const ProbeOutcome& outcome)>;

  // The first probe of each is made at once; `told` is called from the io_context. `credentials_directory` is where
  // passwords that are credentials lie.
  ProbeRounds(boost::asio::io_context& io, std::vector<ProbeSettings> probes, std::string credentials_directory,
              Entropy& entropy, Told told);
  // Abandons what is under way; nothing is told any more.
  ~ProbeRounds();
  ProbeRounds(ProbeRounds&&) = delete;

 private:
  class One;
  std::vector<std::shared_ptr<One>> all_;
};

}  // namespace holdline::platform
