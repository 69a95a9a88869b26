// When a workstation asks for its next certificate, and what a refusal by date means: state machine and function,
// without clock, key or connection.
//
//   idle --look: due--> asking --granted--> resting (an hour) --> idle
//                          \--failed--> resting (a minute, doubling to hours) --> idle
#pragma once

#include <cstdint>

#include "sync/base/backoff.hpp"
#include "sync/base/result.hpp"
#include "sync/base/time.hpp"

namespace holdline::sync {

// Of a certificate, in Unix milliseconds; until_ms 0: there is none to renew.
struct CertificateLife {
  std::int64_t from_ms = 0;
  std::int64_t until_ms = 0;
};

class Renewal {
 public:
  // What there is now, as when the program starts or a person enrolled the computer again.
  void begin(const CertificateLife& life) { life_ = life; }
  const CertificateLife& life() const { return life_; }

  // Called often. True: ask now, then say granted() or failed(). Due is the last third of the certificate's life by
  // this machine's clock, or at any time when the hub says that by its own the certificate has expired.
  bool look(const TimeReading& now, bool expired_at_hub);
  // A hub whose clock is far behind grants what is due again at once: it is not asked in a circle.
  void granted(const CertificateLife& life, const TimeReading& now);
  void failed(const TimeReading& now, std::uint64_t random_bits);

 private:
  enum class State : std::uint8_t {
    idle,
    asking,
    resting,  // until rest_until_ms_ of boot time
  };
  CertificateLife life_;
  State state_ = State::idle;
  std::int64_t rest_until_ms_ = 0;
  Backoff backoff_{{60'000, 2 * 3'600'000}};
};

// The hub refused the certificate by its date, but by this clock it is good: the two clocks differ, and that is what
// people have to know ("clocks-differ"). Every other error is passed on.
Error explain_refusal(Error error, const CertificateLife& life, std::int64_t wall_ms);

}  // namespace holdline::sync
