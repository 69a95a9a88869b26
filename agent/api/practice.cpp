#include "agent/api/practice.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>

#include "agent/api/route.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

// Nobody listens there, and nobody but this computer could.
constexpr std::string_view no_hub = "https://127.0.0.1:9";

platform::Path folder_of(const AgentConfig& config) { return config.directory / "practice"; }

struct Invented {
  std::string_view given, family, city, phone;
};
// Numbers that are given to nobody (Ofcom, for stories); places and names that nobody has together.
constexpr std::array invented{
    Invented{"Ada", "Practice-Lovelace", "Drillham", "+442079460101"},
    Invented{"Grace", "Practice-Hopper", "Drillham", "+442079460102"},
    Invented{"Alan", "Practice-Turing", "Testbury", "+442079460103"},
    Invented{"Edsger", "Practice-Dijkstra", "Testbury", "+442079460104"},
    Invented{"Hedy", "Practice-Lamarr", "Mock-on-Sea", "+442079460105"},
    Invented{"Katherine", "Practice-Johnson", "Mock-on-Sea", "+442079460106"},
    Invented{"Konrad", "Practice-Zuse", "Sample Green", "+442079460107"},
    Invented{"Mary", "Practice-Somerville", "Sample Green", "+442079460108"},
    Invented{"Tim", "Practice-Berners", "Dummyford", "+442079460109"},
    Invented{"Joan", "Practice-Clarke", "Dummyford", "+442079460110"},
};

std::string body_of(const Invented& one) {
  Json body = Json::object(), phone = Json::object();
  phone["e164"] = one.phone;
  body["fields"] = {{"given", one.given}, {"family", one.family}, {"city", one.city}};
  body["phones"].push_back(std::move(phone));
  return body.dump();
}

}  // namespace

Result<platform::SecretKey> MemoryKeystore::load(std::string_view name) {
  const platform::MutexLock lock(mutex_);
  const auto found = keys_.find(name);
  if (found != keys_.end()) return found->second.clone();
  return fail(ErrorKind::stop, "key-missing", "There is no such key for practice.");
}

Result<platform::SecretKey> MemoryKeystore::create(std::string_view name) {
  const platform::MutexLock lock(mutex_);
  std::array<std::uint8_t, platform::SecretKey::size> bytes{};
  entropy_.fill(bytes);
  const auto [at, fresh] = keys_.emplace(std::string(name), platform::SecretKey(bytes));
  if (fresh) return at->second.clone();
  return fail(ErrorKind::stop, "key-exists", "There is such a key for practice already.");
}

Result<bool> MemoryKeystore::exists(std::string_view name) {
  const platform::MutexLock lock(mutex_);
  return keys_.contains(name);
}

Result<void> MemoryKeystore::destroy(std::string_view name) {
  const platform::MutexLock lock(mutex_);
  if (const auto found = keys_.find(name); found != keys_.end()) keys_.erase(found);
  return {};
}

void PracticeWorld::forget(const AgentConfig& config) {
  std::error_code ignored;
  std::filesystem::remove_all(folder_of(config), ignored);
}

Result<std::unique_ptr<PracticeWorld>> PracticeWorld::open(const AgentConfig& config, Workstation& real,
                                                           Workstation::Dependencies deps) {
  forget(config);
  AgentConfig own = config;
  own.directory = folder_of(config);
  own.probes.clear();
  own.link.gateway = false;
  own.runbook = {};
  own.practice = true;
  HOLDLINE_TRY(platform::make_private_directory(own.directory));
  WorkstationIdentity identity = real.identity();
  identity.hub = no_hub;
  identity.schema = real.schema().hash();
  FileLibrary library(own.directory / "library");
  HOLDLINE_TRY(library.store(identity.schema, real.schema().text()));
  HOLDLINE_TRY(save_identity(own.directory, identity));
  std::unique_ptr<PracticeWorld> world(new PracticeWorld(deps.io, deps.entropy));
  HOLDLINE_ASSIGN(world->station_, Workstation::open(own, std::move(identity),
                                                     {deps.io, world->keys_, deps.clock, deps.entropy, deps.log}));
  return world;
}

void PracticeWorld::invent(Session session, std::function<void()> then) {
  session.person.role = "supervisor";  // declares
  session.assertion = std::max<std::uint32_t>(session.assertion, 1);
  ask_from(0, std::move(session), std::move(then));
}

// One after the other, as if somebody typed: so each goes the way of everything that is typed.
void PracticeWorld::ask_from(std::size_t next, Session session, std::function<void()> then) {
  if (next > invented.size()) return then();
  const std::string path = next == 0 ? "/contingency/declare" : "/customers";
  platform::HttpRequest request;
  request.method = "POST";
  request.path = "/api/v1" + path;
  request.headers["idempotency-key"] = "invented-" + std::to_string(next);
  request.body = next == 0 ? Json{{"reason", "practice"}, {"title", "Practice"}, {"drill", true}}.dump()
                           : body_of(invented[next - 1]);
  const platform::Respond respond([this, next, session, then](const platform::HttpResponse&) {
    boost::asio::post(io_, [this, next, session, then] { ask_from(next + 1, session, then); });
  });
  for (const Route& route : all_routes())
    if (route.method == "POST" && route.path == path)
      return route.handle(*station_, {std::move(request), {}, respond, session});
}

}  // namespace holdline::agent
