#include "agent/runbook/performer.hpp"

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "agent/runbook/answers.hpp"
#include "contingency/runbook/fill.hpp"
#include "platform/config/config.hpp"
#include "platform/os/files.hpp"

namespace holdline::agent {

namespace {

using contingency::ActionKind;
using contingency::Performance;
using contingency::action::Perform;

constexpr std::uint64_t authorities_bytes = 4 << 20;
constexpr std::size_t answer_bytes = 256 * 1024;
// The runbook's own timeout is told apart from an answer that failed, so it comes first.
constexpr std::chrono::seconds after_timeout{2};
constexpr std::chrono::milliseconds look_timeout{5'000};

platform::HttpClientOptions performer_client(const RunbookConfig& config) {
  platform::HttpClientOptions options;
  options.allow_plain_http = true;  // refused before, but to this computer
  options.allow_tls_1_2 = true;
  // Without it no https address is good, and the result says so.
  if (auto pem = platform::read_file(config.authorities, authorities_bytes)) options.trust.ca_pem = *std::move(pem);
  return options;
}

std::chrono::milliseconds limit_of(const Perform& what) {
  return std::chrono::milliseconds(what.timeout_ms) + after_timeout;
}

platform::HttpClientRequest rpc_request(const std::string& url, const std::string& method,
                                        const std::vector<std::string>& params, std::chrono::milliseconds timeout) {
  platform::HttpClientRequest request;
  request.method = "POST";
  request.url = url;
  request.headers = {{"Content-Type", "application/json"}};
  request.body = rpc_body(method, params);
  request.timeout = timeout;
  request.max_response_bytes = answer_bytes;
  return request;
}

Performer::Outcome refused(const std::string& why) { return {false, {0, kept_output(why), 0}}; }

platform::SecretReference reference_of(const std::string& secret) {
  using Kind = platform::SecretReference::Kind;
  const std::size_t colon = secret.find(':');
  return {secret.starts_with("file:") ? Kind::file : Kind::credential, secret.substr(colon + 1)};
}

}  // namespace

// What is performed under one key.
struct Performer::Under {
  std::optional<platform::HttpClient::RequestId> request;
  std::unique_ptr<platform::Program> program;
};

Performer::Performer(Parts parts, RunbookConfig config, std::string credentials_directory)
    : parts_(parts),
      config_(std::move(config)),
      credentials_(std::move(credentials_directory)),
      client_(parts.io, performer_client(config_)) {}

Performer::~Performer() = default;

void Performer::later(Done done, Outcome outcome) {
  boost::asio::post(parts_.io, [alive = std::weak_ptr(alive_), done = std::move(done), outcome = std::move(outcome)] {
    if (!alive.expired()) done(outcome);
  });
}

void Performer::abort(const std::string& key) {
  const auto found = under_way_.find(key);
  if (found == under_way_.end()) return;
  if (found->second.request) client_.cancel(*found->second.request);
  under_way_.erase(found);
}

void Performer::perform(const Perform& what, const Words& words, Done done) {
  abort(what.key);
  const std::int64_t began_ms = parts_.clock.now().boot_ms;
  Done timed = [this, key = what.key, began_ms, done = std::move(done)](Outcome outcome) {
    under_way_.erase(key);
    outcome.result.took_ms = parts_.clock.now().boot_ms - began_ms;
    done(std::move(outcome));
  };
  const Performance filled = contingency::filled(what.what, words);
  switch (filled.kind) {
    case ActionKind::checklist:
      return later(std::move(timed), refused("This is for a person to do."));
    case ActionKind::webhook:
      return webhook(what, filled, std::move(timed));
    case ActionKind::command:
      return command(what, filled, words, std::move(timed));
    case ActionKind::json_rpc:
      return json_rpc(what, filled, std::move(timed));
  }
}

void Performer::send(const std::string& key, platform::HttpClientRequest request, platform::HttpClient::Callback then) {
  under_way_[key].request = client_.send(std::move(request), std::move(then));
}

// Read for this request, as a secret that was changed holds from the next one on.
Result<std::string> Performer::signature(const std::string& secret, const std::string& signed_text) const {
  HOLDLINE_ASSIGN(const auto key, platform::read_secret(reference_of(secret), credentials_));
  return "sha256=" + sync::to_hex(sync::hmac_sha256(key.view(), signed_text).view());
}

void Performer::webhook(const Perform& what, const Performance& filled, Done done) {
  if (!is_protected(filled.url))
    return later(std::move(done), refused("Not asked: the plan must name an https address, or one of this computer."));
  platform::HttpClientRequest request;
  request.method = "POST";
  request.url = filled.url;
  request.body = filled.body;
  request.timeout = limit_of(what);
  request.max_response_bytes = answer_bytes;
  request.headers = {{"Content-Type", "application/json"},
                     {"Idempotency-Key", what.key},
                     {"Holdline-Fence", std::to_string(what.fence)}};
  if (what.dry_run) request.headers.emplace_back("Holdline-Dry-Run", "1");
  if (!filled.secret.empty()) {
    const std::string timestamp = std::to_string(parts_.clock.now().wall_ms / 1'000);
    const std::string nonce = sync::to_hex(parts_.entropy.id().view());
    auto signed_by = signature(filled.secret, timestamp + "." + nonce + "." + filled.body);
    if (!signed_by) return later(std::move(done), refused("Not asked: " + signed_by.error().message));
    request.headers.emplace_back("Holdline-Timestamp", timestamp);
    request.headers.emplace_back("Holdline-Nonce", nonce);
    request.headers.emplace_back("Holdline-Signature", *std::move(signed_by));
  }
  send(what.key, std::move(request), [done = std::move(done)](Result<platform::HttpClientResponse> answer) {
    if (!answer) return done(refused(answer.error().message));
    done({answer->status >= 200 && answer->status < 300, {answer->status, kept_output(answer->body), 0}});
  });
}

void Performer::command(const Perform& what, const Performance& filled, const Words& words, Done done) {
  platform::ProgramRequest request;
  request.directory = config_.programs;
  request.argv = filled.argv;
  request.timeout = limit_of(what);
  request.output_bytes = kept_output_bytes;
  request.environment = {{"HOLDLINE_KEY", what.key},
                         {"HOLDLINE_ACTION", what.action},
                         {"HOLDLINE_INCIDENT", words.contains("incident") ? words.at("incident") : ""},
                         {"HOLDLINE_FENCE", std::to_string(what.fence)},
                         {"HOLDLINE_UNDO", what.undo ? "1" : "0"},
                         {"HOLDLINE_DRY_RUN", what.dry_run ? "1" : "0"}};
  auto program = platform::Program::start(parts_.io, request, [done](platform::ProgramOutcome ended) {
    done({ended.status == 0 && !ended.timed_out, {ended.status, kept_output(ended.output), 0}});
  });
  if (!program) return later(std::move(done), refused(program.error().message));
  under_way_[what.key].program = *std::move(program);
}

void Performer::json_rpc(const Perform& what, const Performance& filled, Done done) {
  // In practice nothing is switched: that the system answers is all that can be seen.
  if (what.dry_run) {
    return rehearse(filled, {}, [done = std::move(done)](bool good, const std::string& said) {
      done({good, {0, kept_output(said), 0}});
    });
  }
  auto request = rpc_request(filled.url, filled.method, filled.params, limit_of(what));
  request.headers.emplace_back("Idempotency-Key", what.key);
  send(what.key, std::move(request),
       [this, what, filled, done = std::move(done)](Result<platform::HttpClientResponse> answer) {
         if (!answer) return done(refused(answer.error().message));
         const RpcAnswer said = read_rpc(answer->body);
         Outcome outcome{said.good && answer->status < 300, {answer->status, kept_output(said.said), 0}};
         if (filled.check.empty()) return done(std::move(outcome));
         // Also after an error: what is to be deleted may have been forgotten before.
         read_back(what, filled, std::move(outcome), done);
       });
}

void Performer::read_back(const Perform& what, const Performance& filled, Outcome outcome, Done done) {
  const contingency::ReadBack& check = filled.check.front();
  send(what.key, rpc_request(filled.url, check.method, check.params, limit_of(what)),
       [check, outcome = std::move(outcome),
        done = std::move(done)](Result<platform::HttpClientResponse> answer) mutable {
         if (!answer) return done(refused("It was asked for, and could not be read back: " + answer.error().message));
         const bool asked_well = std::exchange(outcome.good, holds(check, answer->status, answer->body) == true);
         if (!outcome.good && asked_well)
           outcome.result = {answer->status, kept_output("It was asked for, and is not switched: " + answer->body), 0};
         done(std::move(outcome));
       });
}

void Performer::look(const Performance& what, const Words& words, Looked done) {
  if (what.kind != ActionKind::json_rpc || what.check.empty()) return done(std::nullopt);
  const Performance filled = contingency::filled(what, words);
  const contingency::ReadBack check = filled.check.front();
  client_.send(rpc_request(filled.url, check.method, check.params, look_timeout),
               [check, done = std::move(done)](Result<platform::HttpClientResponse> answer) {
                 done(answer ? holds(check, answer->status, answer->body) : std::nullopt);
               });
}

void Performer::rehearse(const Performance& what, const Words& words, Tried done) {
  const Performance filled = contingency::filled(what, words);
  const auto tell = [this, done](bool good, std::string said) {
    later([done, said = std::move(said)](const Outcome& outcome) { done(outcome.good, said); }, {good, {}});
  };
  if (filled.kind == ActionKind::checklist) return tell(true, filled.text);
  if (filled.kind == ActionKind::command) {
    const auto program = platform::check_program(config_.programs, filled.argv.front());
    return program ? tell(true, "would run " + program->string()) : tell(false, program.error().message);
  }
  if (filled.kind == ActionKind::webhook) {
    if (!is_protected(filled.url)) return tell(false, "needs an https address, or one of this computer: " + filled.url);
    if (!filled.secret.empty())
      if (const auto key = signature(filled.secret, ""); !key) return tell(false, key.error().message);
  }
  platform::HttpClientRequest request;
  request.url = filled.url;
  request.connect_only = true;
  request.timeout = look_timeout;
  client_.send(std::move(request), [done, url = filled.url](const Result<platform::HttpClientResponse>& answer) {
    done(answer.has_value(), answer ? "takes connections: " + url : url + ": " + answer.error().message);
  });
}

}  // namespace holdline::agent
