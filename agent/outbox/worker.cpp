#include "agent/outbox/worker.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace holdline::agent {

OutboxWorker::OutboxWorker(std::unique_ptr<Outbox> outbox, std::shared_ptr<const sync::Schema> schema,
                           OutboxWorkerOptions options)
    : options_(options),
      outbox_(std::move(outbox)),
      recover_wait_(options.recover_after),
      schema_(std::move(schema)),
      thread_() {
  publish();
  if (!writable_) upkeep_at_ = std::chrono::steady_clock::now() + recover_wait_;
  thread_ = std::thread([this] { work(); });
}

OutboxWorker::~OutboxWorker() { stop(); }

void OutboxWorker::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void OutboxWorker::submit(Draft draft, Done done) {
  std::optional<Error> refused;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      refused = Error{ErrorKind::retry_later, "stopping", "The service is stopping; try again in a moment."};
    } else if (queue_.size() >= options_.queue_limit) {
      refused = Error{ErrorKind::retry_later, "busy", "Too many entries are being saved at once; try again."};
    } else {
      queue_.emplace_back(Request{std::move(draft), std::move(done)});
    }
  }
  if (refused) return done(tl::unexpected<Error>(*std::move(refused)));
  changed_.notify_one();
}

void OutboxWorker::post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) throw std::logic_error("the outbox was used after it was stopped");
    queue_.emplace_back(std::move(task));
  }
  changed_.notify_one();
}

void OutboxWorker::use_schema(std::shared_ptr<const sync::Schema> schema) {
  const std::lock_guard lock(mutex_);
  schema_ = std::move(schema);
}

OutboxStatus OutboxWorker::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void OutboxWorker::publish() {
  OutboxStatus now = outbox_->status();
  writable_ = now.health == OutboxHealth::writable;
  const std::lock_guard lock(mutex_);
  status_ = std::move(now);
}

void OutboxWorker::work() {
  std::vector<Item> group;
  while (next(group)) {
    const bool was_writable = writable_;
    if (group.empty()) {
      upkeep();
    } else if (auto* task = std::get_if<Task>(&group.front())) {
      (*task)(*outbox_);
    } else {
      save(group);
    }
    publish();
    // A recovery that is due stays due, however many requests come in meanwhile; a checkpoint waits for quiet.
    if (!writable_ && was_writable) upkeep_at_ = std::chrono::steady_clock::now() + recover_wait_;
    if (writable_ && !group.empty()) upkeep_at_ = std::chrono::steady_clock::now() + options_.checkpoint_after;
    group.clear();
  }
}

bool OutboxWorker::next(std::vector<Item>& group) {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return stopping_ || !queue_.empty(); };
  if (upkeep_at_) {
    changed_.wait_until(lock, *upkeep_at_, ready);
    if (!stopping_ && std::chrono::steady_clock::now() >= *upkeep_at_) return true;
  } else {
    changed_.wait(lock, ready);
  }
  if (queue_.empty()) return !stopping_;
  // One task, or the drafts up to the next task: the order of asking is the order of doing.
  do {
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  } while (!queue_.empty() && group.size() < options_.group_limit && std::holds_alternative<Request>(group.back()) &&
           std::holds_alternative<Request>(queue_.front()));
  return true;
}

void OutboxWorker::save(std::vector<Item>& group) {
  std::vector<Draft> drafts;
  drafts.reserve(group.size());
  for (Item& item : group) drafts.push_back(std::move(std::get<Request>(item).draft));
  auto answers = append(drafts);
  publish();  // before the answers: who was told "saved" finds it counted
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (answers[i] && !answers[i]->repeated && options_.saved) options_.saved(*outbox_, *answers[i]);
    std::get<Request>(group[i]).done(std::move(answers[i]));
  }
}

std::vector<Result<Saved>> OutboxWorker::append(const std::vector<Draft>& drafts) {
  std::shared_ptr<const sync::Schema> schema;
  {
    const std::lock_guard lock(mutex_);
    schema = schema_;
  }
  auto answers = outbox_->append(*schema, drafts);
  const bool full = std::any_of(answers.begin(), answers.end(),
                                [](const auto& answer) { return !answer && answer.error().code == "disk-full"; });
  // All or none failed for want of space: the space set aside is for this moment.
  if (full && outbox_->release_reserve() && recover()) answers = outbox_->append(*schema, drafts);
  return answers;
}

bool OutboxWorker::recover() {
  if (!outbox_->recover()) return false;
  if (options_.recovered) options_.recovered();
  return true;
}

void OutboxWorker::upkeep() {
  upkeep_at_.reset();
  if (writable_) {
    // An error shows in the status, and recovery is next.
    const auto now = std::chrono::steady_clock::now();
    if (now >= compact_at_ && outbox_->compact()) compact_at_ = now + options_.compact_every;
    static_cast<void>(outbox_->checkpoint());
  } else if (recover()) {
    recover_wait_ = options_.recover_after;
  } else {
    recover_wait_ = std::min(2 * recover_wait_, options_.recover_at_most);
    upkeep_at_ = std::chrono::steady_clock::now() + recover_wait_;
  }
}

}  // namespace holdline::agent
