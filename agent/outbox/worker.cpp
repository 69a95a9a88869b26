#include "agent/outbox/worker.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace holdline::agent {

OutboxWorker::OutboxWorker(std::unique_ptr<Outbox> outbox, std::shared_ptr<const sync::Schema> schema,
                           const platform::Clock& clock, OutboxWorkerOptions options)
    : options_(std::move(options)),
      clock_(clock),
      outbox_(std::move(outbox)),
      recent_(outbox_->recent()),
      unsettled_(outbox_->unsettled()),
      schema_(std::move(schema)),
      recover_wait_(options_.recover_after),
      thread_(clock) {
  publish();
  if (!writable_) schedule_upkeep(recover_wait_);
}

OutboxWorker::~OutboxWorker() { stop(); }

void OutboxWorker::stop() {
  {
    const platform::MutexLock lock(mutex_);
    stopping_ = true;
  }
  thread_.stop();
}

void OutboxWorker::submit(Draft draft, Done done) {
  std::optional<Error> refused;
  {
    const platform::MutexLock lock(mutex_);
    if (stopping_) {
      refused = Error{ErrorKind::retry_later, "stopping", "The service is stopping; try again in a moment."};
    } else if (queue_.size() >= options_.queue_limit) {
      refused = Error{ErrorKind::retry_later, "busy", "Too many entries are being saved at once; try again."};
    } else {
      queue_.emplace_back(Request{std::move(draft), std::move(done)});
      // One task for each draft; the first of them commits for all that wait by then.
      thread_.post([this] { save_waiting(); });
    }
  }
  if (refused) done(tl::unexpected<Error>(*std::move(refused)));
}

bool OutboxWorker::post(std::function<void(Outbox&)> task) {
  return thread_.post([this, task = std::move(task)] {
    task(*outbox_);
    after_work();
  });
}

void OutboxWorker::use_schema(std::shared_ptr<const sync::Schema> schema) {
  run([&](Outbox& outbox) {
    schema_ = std::move(schema);
    outbox.schema_changed();
  });
}

OutboxStatus OutboxWorker::status() const {
  const platform::MutexLock lock(mutex_);
  return status_;
}

void OutboxWorker::publish() {
  // When they cannot be read, the status says that the file cannot, and the next time may go better.
  static_cast<void>(outbox_->derive_recent(*schema_));
  OutboxStatus now = outbox_->status();
  writable_ = now.health == OutboxHealth::writable;
  {
    const platform::MutexLock lock(mutex_);
    status_ = std::move(now);
  }
  const bool reopened = std::exchange(openings_, outbox_->openings()) != outbox_->openings();
  if (reopened && options_.recovered) options_.recovered();
}

void OutboxWorker::after_work() {
  const bool was_writable = writable_;
  publish();
  plan_upkeep(was_writable);
}

void OutboxWorker::plan_upkeep(bool was_writable) {
  // A recovery that is due stays due, however many requests come in meanwhile; a checkpoint waits for quiet.
  if (!writable_ && was_writable) schedule_upkeep(recover_wait_);
  if (writable_) schedule_upkeep(options_.checkpoint_after);
}

void OutboxWorker::schedule_upkeep(std::chrono::milliseconds in) {
  thread_.at(clock_.now().boot_ms + in.count(), [this] { upkeep(); });
}

std::vector<OutboxWorker::Request> OutboxWorker::take_waiting() {
  const platform::MutexLock lock(mutex_);
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), options_.group_limit));
  std::vector<Request> group(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return group;
}

void OutboxWorker::save_waiting() {
  auto group = take_waiting();
  if (group.empty()) return;  // an earlier task saved them all
  std::vector<Draft> drafts;
  drafts.reserve(group.size());
  for (Request& request : group) drafts.push_back(std::move(request.draft));
  const bool was_writable = writable_;
  auto answers = append(drafts);
  publish();  // before the answers: who was told "saved" finds it counted
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (answers[i] && !answers[i]->repeated && options_.saved) options_.saved(*outbox_, *answers[i]);
    group[i].done(std::move(answers[i]));
  }
  plan_upkeep(was_writable);
}

std::vector<Result<Saved>> OutboxWorker::append(const std::vector<Draft>& drafts) {
  auto answers = outbox_->append(*schema_, drafts);
  const auto failed_for = [&](std::string_view code) {
    return std::any_of(answers.begin(), answers.end(),
                       [&](const auto& answer) { return !answer && answer.error().code == code; });
  };
  // All or none failed for want of space: the space set aside is for this moment.
  while (failed_for("disk-full") && outbox_->release_reserve(SpaceFor::entries) && outbox_->recover())
    answers = outbox_->append(*schema_, drafts);
  // Memory may be there again, also when it ran out in somebody else's work: nobody is sent away for what has passed.
  if (failed_for("out-of-memory") && outbox_->recover()) answers = outbox_->append(*schema_, drafts);
  return answers;
}

void OutboxWorker::upkeep() {
  if (writable_) {
    // An error shows in the status, and recovery is next.
    const std::int64_t now_ms = clock_.now().boot_ms;
    if (now_ms >= prune_at_ms_ && outbox_->prune()) prune_at_ms_ = now_ms + options_.prune_every.count();
    static_cast<void>(outbox_->checkpoint());
  } else if (outbox_->recover()) {
    recover_wait_ = options_.recover_after;
  } else {
    recover_wait_ = std::min(2 * recover_wait_, options_.recover_at_most);
  }
  publish();
  if (!writable_) schedule_upkeep(recover_wait_);
}

}  // namespace holdline::agent
