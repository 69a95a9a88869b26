#include "hub/intake/write_proofs.hpp"

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace holdline::hub {

namespace {

// Half of what lies between two probes of one workstation that ask for a write: what it is told is never older than its
// last question.
constexpr std::int64_t good_for_ms = 2'000;

Result<void> refused(const std::string& why) {
  return fail(ErrorKind::retry_later, "writes-fail", "The hub takes no entries at the moment: " + why);
}

}  // namespace

void WriteProofs::ask(Answer answer) {
  if (known_ && clock_.now().boot_ms - known_->at_ms <= good_for_ms) return answer(known_->outcome);
  waiting_.push_back(std::move(answer));
  if (waiting_.size() != 1) return;
  limit_.expires_after(most_wait_);
  limit_.async_wait([weak = weak_from_this()](const boost::system::error_code& ended) {
    const auto self = weak.lock();
    if (!ended && self) self->tell(refused("its disk or its ledger does not answer in time."));
  });
  if (!under_way_) begin();
}

void WriteProofs::begin() {
  under_way_ = true;
  ledger_.prove_writes(entropy_.id().text(), [weak = weak_from_this(), &io = io_](const Result<void>& outcome) {
    boost::asio::post(io, [weak, outcome] {
      if (const auto self = weak.lock()) self->proved(outcome);
    });
  });
}

void WriteProofs::proved(const Result<void>& outcome) {
  under_way_ = false;
  known_ = Known{outcome ? outcome : refused(outcome.error().message), clock_.now().boot_ms};
  tell(known_->outcome);
}

void WriteProofs::tell(const Result<void>& outcome) {
  limit_.cancel();
  for (const Answer& answer : std::exchange(waiting_, {})) answer(outcome);
}

}  // namespace holdline::hub
