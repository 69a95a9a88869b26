#include "tests/sim/people/user_model.hpp"

#include <array>

namespace holdline::sim {

namespace {

// Most work is about few customers, so that people get in each other's way.
constexpr std::size_t popular_customers = 5;
constexpr std::uint64_t max_things_at_once = 12;

constexpr std::array<std::string_view, 6> texts = {"given", "family", "org", "notes", "lang", "tz"};

}  // namespace

void UserModel::work() {
  const Chance now = days_.fork("", ++works_);
  chance_ = now.fork("much");
  const std::uint64_t things = chance_.percent(96) ? 1 + chance_.below(max_things_at_once) : 0;
  const bool looks = chance_.one_in(4);
  for (std::uint64_t i = 1; i <= things && node_.is_usable(); ++i) {
    chance_ = now.fork("", i);
    if (chance_.percent(99)) node_.act([this] { do_one_thing(); });
  }
  chance_ = now.fork("look");
  if (looks) look();
}

void UserModel::do_one_thing() {
  if (!sign_in()) return;
  // Once it was let go its key is unknown: people do not ask again after a month.
  if (unconfirmed_ && (stage_.deeds.find(*unconfirmed_)->pruned || !shows_what_it_changes(*unconfirmed_)))
    unconfirmed_.reset();
  if (unconfirmed_ && chance_.percent(75)) {
    Deed& again = *stage_.deeds.find(*unconfirmed_);
    stage_.count("save asked again");
    again.draft.assertion = assertion_;  // whoever asks now is signed in now
    return save(again);
  }
  unconfirmed_.reset();
  do_something();
}

// A machine that was put back to an earlier moment may not have it any more.
bool UserModel::shows_what_it_changes(DeedNo no) {
  return std::ranges::all_of(stage_.deeds.find(no)->draft.ops, [this](const sync::Op& op) {
    return op.kind == sync::OpKind::create || screen_.read(op.record).has_value();
  });
}

bool UserModel::sign_in() {
  if (!node_.lets_in()) assertion_ = 0;
  if (!node_.lets_in()) return false;
  if (assertion_ != 0) return true;
  const auto number = node_.sign_in();
  if (number) assertion_ = *number;
  return assertion_ != 0;
}

void UserModel::look() {
  if (!node_.is_usable() || replica_.is_rotten()) return;
  node_.act([this] {
    screen_.overlay_is_bounded();
    static_cast<void>(customer());
    if (!made_.empty()) static_cast<void>(screen_.read(made_[chance_.below(made_.size())]));
  });
}

std::string UserModel::scope() {
  const bool far = chance_.percent(node_.seat() == limited_seat ? 8 : 50);
  return far ? south : north;
}

std::optional<agent::Shown> UserModel::customer() {
  const auto& known = stage_.setting.customers;
  if (!made_.empty() && chance_.one_in(6)) return screen_.read(made_[chance_.below(made_.size())]);
  const bool popular = chance_.percent(80);
  const std::size_t n = chance_.below(popular ? popular_customers : known.size());
  // Even ones are in the north, where everybody may write.
  if (node_.seat() == limited_seat && !chance_.one_in(12)) return screen_.read(known[n - n % 2]);
  return screen_.read(known[n]);
}

void UserModel::do_something() {
  if (replica_.is_rotten()) return;
  const Drafts drafts(stage_.setting.schema, node_.schema(), token_of(stage_.deeds.next()));
  save_as_draft(choose(drafts));
}

void UserModel::take_entry() {
  if (!node_.is_usable()) return;
  node_.act([this] {
    if (sign_in())
      save_as_draft(Drafts(stage_.setting.schema, node_.schema(), token_of(stage_.deeds.next())).entry(north));
  });
}

void UserModel::save_as_draft(std::vector<sync::Op> ops) {
  if (ops.empty()) return;
  agent::Draft draft;
  draft.idempotency_key = "key-" + std::to_string(stage_.deeds.next());
  draft.fingerprint = sync::sha256(draft.idempotency_key);
  draft.person = stage_.setting.people[node_.seat()].id;
  draft.assertion = assertion_;
  draft.event_ms = node_.clock().now().wall_ms;
  draft.ops = std::move(ops);
  Deed& deed = stage_.deeds.begin(std::move(draft));
  deed.form = node_.schema().version();
  save(deed);
}

std::vector<sync::Op> UserModel::choose(const Drafts& drafts) {
  const std::uint64_t dice = chance_.below(100);
  if (dice < 20) return drafts.entry(scope());
  if (dice < 30) return drafts.callback(scope());
  if (dice < 33) return drafts.do_not_contact(scope());
  if (dice < 39) return drafts.customer(scope());
  if (dice < 47) {
    const auto entries = screen_.list("manual_entry", 6);
    if (!entries.empty()) return drafts.follow_up(entries[chance_.below(entries.size())]);
  }
  if (dice < 55) return resolve(drafts);
  return edit(drafts);
}

std::vector<sync::Op> UserModel::edit(const Drafts& drafts) {
  const auto shown = customer();
  if (!shown || shown->record.deleted) return {};
  const std::uint64_t dice = chance_.below(100);
  if (dice < 7) return drafts.add_tag(*shown);
  if (dice < 10) return drafts.replace_tag(*shown);
  if (dice < 26) return phone(drafts, *shown);
  if (dice < 40) return drafts.edit_address(*shown);
  return drafts.edit_text(*shown, texts[chance_.below(texts.size())]);
}

std::vector<sync::Op> UserModel::phone(const Drafts& drafts, const agent::Shown& customer) {
  const auto number = static_cast<unsigned>(chance_.below(2));
  const std::uint64_t dice = chance_.below(3);
  const auto shown = screen_.read(phone_key(stage_.setting.schema, customer.record.key.id, number));
  if (!shown || shown->record.deleted || dice == 0) return drafts.phone(customer, number);
  return dice == 1 ? drafts.edit_phone(*shown) : drafts.erase_phone(*shown);
}

std::vector<sync::Op> UserModel::resolve(const Drafts& drafts) {
  const auto& collection = *stage_.setting.schema.collection("conflict");
  for (const agent::Shown& conflict : screen_.list("conflict", 20)) {
    if (conflict.record.fields[*collection.field("state")] != sync::Value(std::string("open"))) continue;
    const auto* number = std::get_if<std::int64_t>(&conflict.record.fields[*collection.field("collection")]);
    const auto* id = std::get_if<sync::Id>(&conflict.record.fields[*collection.field("record")]);
    if (number == nullptr || id == nullptr) continue;
    const auto subject = screen_.read({static_cast<sync::CollectionNo>(*number), *id});
    return drafts.resolve(conflict, subject, chance_.one_in(2));
  }
  return {};
}

void UserModel::save(Deed& deed) {
  const auto saved = node_.save(deed.draft);
  if (!saved) {
    stage_.trace.line(node_.name(), "cannot save " + token_of(deed.no) + ": " + saved.error().code);
    if (saved.error().kind == ErrorKind::ask_person && deed.form > node_.schema().version()) {
      // A hub that was put back has an older one: the person types it again.
      stage_.count("form of a later version refused");
      return unconfirmed_.reset();
    }
    if (saved.error().kind == ErrorKind::ask_person)
      throw Violation("people's drafts are valid", saved.error().message);
    stage_.count("save refused");
    unconfirmed_ = deed.no;
    return;
  }
  unconfirmed_.reset();
  if (saved->repeated) stage_.count("save found already done");
  deed.acknowledged = true;
  deed.created = saved->created;
  deed.machines.insert(node_.machine());
  deed.acknowledged_at = stage_.timeline.events();
  if (!saved->repeated) screen_.saved(deed, saved->ref);
  if (deed.draft.ops.front().kind == sync::OpKind::create &&
      deed.draft.ops.front().record.collection == stage_.setting.schema.collection("customer")->no)
    made_.push_back({deed.draft.ops.front().record.collection, saved->created.front()});
  stage_.count("actions acknowledged");
  stage_.trace.line(node_.name(), "saves " + token_of(deed.no) + " as " + std::to_string(saved->ref.lane) + "/" +
                                      std::to_string(saved->ref.number) + ", " +
                                      described(stage_.setting.schema, deed.draft.ops));
}

}  // namespace holdline::sim
