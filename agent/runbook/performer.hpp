// Performs actions of the plan: asks an address, runs a program, calls a method of a telephone system. It decides
// nothing: what is performed, when and how often is the runbook's (contingency/runbook). Whatever an answer holds is
// kept bounded and without anything that looks like a payment card; secrets are read from where the plan says they
// are, for one request, and are told to nobody.
//
// A webhook is POSTed with `Idempotency-Key`, the same for every try and every station, `Holdline-Fence`, which rises
// with each takeover, `Holdline-Dry-Run: 1` in practice, and with a secret `Holdline-Timestamp` (Unix seconds),
// `Holdline-Nonce` and `Holdline-Signature: sha256=HEX`, which is HMAC-SHA256 over timestamp "." nonce "." body.
// A JSON-RPC method counts as done when the system says so itself, where the plan has a check.
//
// The thread of the io_context only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "agent/runbook/options.hpp"
#include "contingency/runbook/runbook.hpp"
#include "platform/http/client.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/entropy.hpp"
#include "platform/os/program/program.hpp"

namespace holdline::agent {

using Words = std::map<std::string, std::string>;  // what stands for {incident} and the like

class Performer {
 public:
  struct Parts {
    boost::asio::io_context& io;
    const platform::Clock& clock;
    platform::Entropy& entropy;
  };
  struct Outcome {
    bool good = false;
    contingency::ActionResult result;
  };
  using Done = std::function<void(Outcome)>;

  // `credentials_directory`: $CREDENTIALS_DIRECTORY.
  Performer(Parts parts, RunbookConfig config, std::string credentials_directory);
  // As abort() of everything.
  ~Performer();
  Performer(const Performer&) = delete;
  Performer& operator=(const Performer&) = delete;

  // Begins. `done` is called once and never during the call, unless it is aborted first. A checklist is for people: it
  // is never good. The runbook's own timeout comes before this one's.
  void perform(const contingency::action::Perform& what, const Words& words, Done done);
  // Ends what is performed under this key, if anything is; its `done` will not be called.
  void abort(const std::string& key);

  // What the check of a JSON-RPC action says: whether it is switched; nothing: the system did not say.
  using Looked = std::function<void(std::optional<bool> switched)>;
  void look(const contingency::Performance& what, const Words& words, Looked done);

  // Whether it could be performed, as far as can be seen without performing it: the address takes a connection, the
  // program may be run, the secret can be read. `said`: for a person.
  using Tried = std::function<void(bool good, std::string said)>;
  void rehearse(const contingency::Performance& what, const Words& words, Tried done);

 private:
  struct Under;
  void webhook(const contingency::action::Perform& what, const contingency::Performance& filled, Done done);
  void command(const contingency::action::Perform& what, const contingency::Performance& filled, const Words& words,
               Done done);
  void json_rpc(const contingency::action::Perform& what, const contingency::Performance& filled, Done done);
  void read_back(const contingency::action::Perform& what, const contingency::Performance& filled, Outcome outcome,
                 Done done);
  void send(const std::string& key, platform::HttpClientRequest request, platform::HttpClient::Callback then);
  void later(Done done, Outcome outcome);
  Result<std::string> signature(const std::string& secret, const std::string& signed_text) const;

  Parts parts_;
  const RunbookConfig config_;
  const std::string credentials_;
  platform::HttpClient client_;
  std::map<std::string, Under> under_way_;  // by key
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace holdline::agent
