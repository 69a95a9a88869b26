#include "tests/process/contingency/telephones.hpp"

#include <filesystem>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace holdline::process {

namespace {

Command answering(std::uint16_t port) {
  return {{"/usr/bin/sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", std::to_string(port), "-nostdin"}, {}, {}, {}};
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

bool takes_connections(std::uint16_t port) {
  boost::asio::io_context io;
  boost::asio::ip::tcp::socket socket(io);
  boost::system::error_code error;
  socket.connect({boost::asio::ip::make_address("127.0.0.1"), port}, error);
  return !error;
}

// The value of a header in the first message that begins with `first`.
std::string header_in(const std::string& messages, const std::string& first, const std::string& name) {
  const auto at = messages.find(first);
  const auto header = at == std::string::npos ? at : messages.find("\n" + name + ":", at);
  if (header == std::string::npos) return "";
  const auto from = header + name.size() + 2;
  return messages.substr(from, messages.find_first_of("\r\n", from) - from);
}

}  // namespace

Telephones::Telephones(Path directory)
    : directory_(std::move(directory)),
      sip_(free_port()),
      rpc_(free_port()),
      queue_(free_port()),
      announcement_(free_port()),
      queue_server_(answering(queue_), directory_ / "queue.log"),
      announcement_server_(answering(announcement_), directory_ / "announcement.log"),
      kamailio_(
          {{"/usr/sbin/kamailio", "-f", (directory_ / "kamailio.cfg").string(), "-DD", "-E", "-w", directory_.string(),
            "-Y", directory_.string(), "-P", (directory_ / "kamailio.pid").string(), "-m", "64", "-M", "8"},
           {},
           {},
           {}},
          directory_ / "kamailio.log") {
  std::string config = read_text(Path(HOLDLINE_KAMAILIO_CONFIG));
  config = replaced(config, "@SIP@", std::to_string(sip_));
  config = replaced(config, "@RPC@", std::to_string(rpc_));
  config = replaced(config, "@QUEUE@", std::to_string(queue_));
  write_text(directory_ / "kamailio.cfg", config);
  queue_server_.launch();
  announcement_server_.launch();
  start();
}

void Telephones::start() {
  kamailio_.launch();
  until(
      "Kamailio answers", [&] { return takes_connections(rpc_); }, [&] { return kamailio_.log(); });
}

// Asked to end: killed, its first process would leave the others behind.
Telephones::~Telephones() {
  if (kamailio_.runs()) kamailio_.stop();
}

void Telephones::restart() {
  kamailio_.stop();
  start();
}

std::string Telephones::call() {
  const Path messages = directory_ / ("call-" + std::to_string(++calls_) + ".txt");
  const Outcome ended = run({{"/usr/bin/sipp",
                              "-sn",
                              "uac",
                              "127.0.0.1:" + std::to_string(sip_),
                              "-s",
                              "800",
                              "-i",
                              "127.0.0.1",
                              "-p",
                              std::to_string(free_port()),
                              "-m",
                              "1",
                              "-d",
                              "50",
                              "-timeout",
                              "8",
                              "-nostdin",
                              "-trace_msg",
                              "-message_file",
                              messages.string()},
                             {},
                             {},
                             {}},
                            std::chrono::seconds(20));
  const std::string heard = std::filesystem::exists(messages) ? read_text(messages) : "";
  if (heard.find("SIP/2.0 302") != std::string::npos)
    return "302 " + replaced(header_in(heard, "SIP/2.0 302", "Contact"), " ", "");
  const std::string contact = header_in(heard, "SIP/2.0 200", "Contact");
  if (contact.find(":" + std::to_string(queue_)) != std::string::npos && ended.status == 0) return "queue";
  if (contact.find(":" + std::to_string(announcement_)) != std::string::npos && ended.status == 0)
    return "announcement";
  const auto line = heard.find("SIP/2.0 ");
  return line == std::string::npos ? "nothing: " + ended.err : heard.substr(line, heard.find('\r', line) - line);
}

}  // namespace holdline::process
