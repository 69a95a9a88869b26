#include "agent/console/events.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/io_context.hpp>

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

// Four looks a second cost one thousandth of a core, however many listen, and nobody has to be told to tell.
constexpr std::chrono::milliseconds look_every{250};
constexpr unsigned looks_to_a_beat = 8;

std::string one_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// Who shares a limit: a session, or an address about which nothing else is known.
std::string owner_of(const platform::HttpRequest& request) {
  const std::string_view session = request.header("authorization");
  return session.empty() ? request.peer.origin : std::string(session);
}

}  // namespace

Events::Events(LocalApi& api, boost::asio::io_context& io)
    : api_(api),
      timer_(io),
      start_(std::to_string(std::chrono::system_clock::now().time_since_epoch() / std::chrono::milliseconds(1))) {}

Events::~Events() {
  for (const Listener& listener : listeners_) listener.body->end();
}

void Events::open(platform::HttpRequest request, const platform::Respond& respond) {
  std::string owner = owner_of(request);
  make_room(owner);
  platform::HttpResponse response;
  response.content_type = "text/event-stream";
  response.headers.emplace_back("X-Accel-Buffering", "no");
  response.live = std::make_shared<platform::LiveBody>();
  look();  // what has changed since the last look is told to those who listen already, and not swallowed
  Listener listener{std::move(request), std::move(owner), {}, response.live};
  tell(listener, true, false);
  listeners_.push_back(std::move(listener));
  respond(std::move(response));
  if (listeners_.size() == 1) arm();
}

void Events::make_room(const std::string& owner) {
  const auto of_owner = [&](const Listener& one) { return one.owner == owner; };
  const std::size_t most = owner.starts_with("Bearer ") ? streams_of_one : streams_of_nobody;
  auto oldest = listeners_.end();
  if (static_cast<std::size_t>(std::ranges::count_if(listeners_, of_owner)) >= most)
    oldest = std::ranges::find_if(listeners_, of_owner);
  else if (listeners_.size() >= most_streams)
    oldest = listeners_.begin();
  if (oldest == listeners_.end()) return;
  oldest->body->end();
  listeners_.erase(oldest);
}

// How long it is until the next try counts down without anything happening.
void Events::see() {
  status_ = api_.status({});
  Json compared = status_;
  if (compared.contains("sync")) compared["sync"].erase("wake_in_ms");
  std::string text = one_line(compared);
  if (text == compared_) return;
  compared_ = std::move(text);
  ++number_;
}

bool Events::tell(Listener& listener, bool changed, bool beat) {
  const Json person = api_.person(listener.asked);
  std::string name = one_line(person);
  // Who practises is told of the world in which they do.
  Json practised;
  if (api_.practises(listener.asked)) {
    practised = api_.status(listener.asked);
    if (practised.contains("sync")) practised["sync"].erase("wake_in_ms");
    name += one_line(practised);
  }
  if (changed || name != listener.person) {
    listener.person = std::move(name);
    Json& status = practised.is_null() ? status_ : practised;
    status["person"] = person;
    return listener.body->write("id: " + start_ + "." + std::to_string(number_) + "\nevent: status\ndata: " +
                                one_line(LocalApi::told_to(listener.asked.peer, status)) + "\n\n");
  }
  return beat ? listener.body->write("event: beat\ndata:\n\n") : listener.body->is_open();
}

void Events::look() {
  const std::uint64_t before = number_;
  see();
  const bool beat = ++looks_ % looks_to_a_beat == 0;
  std::erase_if(listeners_, [&](Listener& listener) { return !tell(listener, number_ != before, beat); });
}

void Events::arm() {
  timer_.expires_after(look_every);
  timer_.async_wait([this](const boost::system::error_code& ended) {
    if (ended) return;
    look();
    if (!listeners_.empty()) arm();
  });
}

}  // namespace holdline::agent
