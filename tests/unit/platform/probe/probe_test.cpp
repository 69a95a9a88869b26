#include <gtest/gtest.h>

#include <map>

#include "platform/probe/own_network.hpp"
#include "platform/probe/rounds.hpp"
#include "tests/unit/platform/http/fixture.hpp"

namespace holdline::platform {
namespace {

using namespace std::chrono_literals;
using namespace test;

std::vector<ProbeSettings> read(const std::string& text, std::vector<std::string>& problems) {
  const std::vector<ConfigSource> sources{{"hub.toml", text}};
  ConfigReader reader(sources);
  auto probes = read_probes(reader, {{"crm", "identity", "telephony"}, true});
  for (const auto& problem : reader.finish()) problems.push_back(problem.text());
  return probes;
}

TEST(ProbeSettings, AreReadFromTables) {
  std::vector<std::string> problems;
  const auto probes = read(
      "[[probes]]\ntarget = \"crm\"\nurl = \"https://crm.example/health\"\ncontains = \"database: ok\"\nevery = "
      "\"10s\"\n"
      "[[probes]]\nname = \"exchange\"\ntarget = \"telephony\"\nkind = \"tcp\"\naddress = \"pbx.example:5060\"\n"
      "scopes = [\"acme/london\"]\n"
      "[[probes]]\ntarget = \"identity\"\nkind = \"sign-in\"\nmethod = \"form\"\nurl = \"https://id.example/login\"\n"
      "user = \"probe\"\npassword = \"file:/etc/holdline/probe\"\nstatus = 302\n",
      problems);
  EXPECT_EQ(problems, std::vector<std::string>{});
  ASSERT_EQ(probes.size(), 3U);
  EXPECT_EQ(probes[0].name, "crm");
  EXPECT_EQ(probes[0].every, 10s);
  EXPECT_EQ(probes[1].url, "http://pbx.example:5060");
  EXPECT_EQ(probes[1].scopes, std::vector<std::string>{"acme/london"});
  EXPECT_TRUE(probes[2].form);
  EXPECT_EQ(probes[2].every, 30s) << "no account is locked by its probe";
}

TEST(ProbeSettings, ThatAreWrongAreToldWithTheirLine) {
  std::vector<std::string> problems;
  read(
      "[[probes]]\ntarget = \"crm\"\nurl = \"crm.example\"\n"
      "[[probes]]\ntarget = \"crm\"\nkind = \"tcp\"\naddress = \"pbx.example\"\nport = 5060\n"
      "[[probes]]\ntarget = \"identity\"\nkind = \"sign-in\"\nurl = \"http://id.example\"\nuser = \"p\"\n"
      "password = \"secret\"\nevery = \"5s\"\n",
      problems);
  const std::map<std::string, std::string> expected{{"hub.toml:3:7", "https://crm.example"},
                                                    {"hub.toml:5:10", "name of its own"},
                                                    {"hub.toml:7:11", "pbx.example:5060"},
                                                    {"hub.toml:8:8", "not a known key"},
                                                    {"hub.toml:12:7", "https://"},
                                                    {"hub.toml:14:12", "never hold it"},
                                                    {"hub.toml:15:9", "\"30s\""}};
  for (const auto& [place, part] : expected)
    EXPECT_TRUE(std::ranges::any_of(
        problems,
        [&](const std::string& problem) { return problem.starts_with(place) && problem.find(part) != problem.npos; }))
        << place << " " << part;
  EXPECT_TRUE(
      std::ranges::none_of(problems, [](const auto& problem) { return problem.find("\"secret\"") != problem.npos; }));
}

TEST(ProbeSettings, OfALaterFileAreAllThereAre) {
  const std::vector<ConfigSource> sources{
      {"hub.toml",
       "[[probes]]\ntarget = \"crm\"\nurl = \"https://a\"\n[[probes]]\ntarget = \"identity\"\nurl = \"https://b\"\n"},
      {"hub.toml.d/site.toml", "[[probes]]\ntarget = \"telephony\"\nurl = \"https://c\"\n"}};
  ConfigReader reader(sources);
  const auto probes = read_probes(reader, {{"crm", "identity", "telephony"}});
  EXPECT_TRUE(reader.finish().empty());
  ASSERT_EQ(probes.size(), 1U);
  EXPECT_EQ(probes[0].url, "https://c");
  EXPECT_EQ(probes[0].status, 200) << "nothing of another one is mixed in";
}

// What the first probe of these settings says.
ProbeOutcome first_outcome(ProbeSettings settings) {
  boost::asio::io_context io;
  SystemEntropy entropy;
  std::optional<ProbeOutcome> told;
  ProbeRounds rounds(io, {std::move(settings)}, "", entropy, [&](const ProbeSettings&, const ProbeOutcome& outcome) {
    told = outcome;
    io.stop();
  });
  io.run();
  return *told;
}

ProbeSettings page(const std::string& url, const std::string& contains = "") {
  ProbeSettings settings;
  settings.url = url;
  settings.contains = contains;
  return settings;
}

TEST(Probe, OfAPageWantsItsStatusAndItsText) {
  ServerThread server(LoopbackEndpoint{}, [](HttpRequest request, Respond respond) {
    if (request.path == "/busy") return respond({503, "text/plain", {}, "database: ok"});
    if (request.path == "/portal") return respond({302, "text/html", {{"Location", "/welcome"}}, "database: ok"});
    respond({200, "text/plain", {}, request.path == "/health" ? "database: ok" : "Welcome to our hotel"});
  });
  EXPECT_TRUE(first_outcome(page(server.url("http", "/health"), "database: ok")).good);
  EXPECT_EQ(first_outcome(page(server.url("http", "/"), "database: ok")).why, "text-missing");
  EXPECT_EQ(first_outcome(page(server.url("http", "/busy"))).why, "status-503");
  EXPECT_EQ(first_outcome(page(server.url("http", "/portal"))).why, "status-302");
}

TEST(Probe, ThatIsNotAnsweredEndsInItsTime) {
  std::vector<Respond> kept;
  ServerThread server(LoopbackEndpoint{}, [&](HttpRequest, Respond respond) { kept.push_back(std::move(respond)); });
  ProbeSettings settings = page(server.url("http"));
  settings.timeout = 150ms;
  const ProbeOutcome outcome = first_outcome(settings);
  EXPECT_EQ(outcome.why, "timeout");
  EXPECT_GE(outcome.took_ms, 140);
}

TEST(Probe, OfAPortWantsAConnection) {
  ProbeSettings settings;
  settings.kind = ProbeSettings::Kind::tcp;
  {
    ServerThread server(LoopbackEndpoint{}, [](HttpRequest, Respond) { ADD_FAILURE() << "nothing is to be sent"; });
    settings.url = server.url("http", "");
    EXPECT_TRUE(first_outcome(settings).good);
  }
  EXPECT_EQ(first_outcome(settings).why, "connection-refused");
}

TEST(Probe, OfASignInSendsTheSecretThatIsNamed) {
  std::vector<HttpRequest> seen;
  ServerThread server(LoopbackEndpoint{}, [&](HttpRequest request, Respond respond) {
    seen.push_back(request);
    const bool let_in = request.header("authorization") == "Basic cHJvYmU6c8O8w58gNw==" ||
                        request.body == "login=probe&pass=s%C3%BC%C3%9F%207";
    respond({let_in ? 200 : 401, "text/plain", {}, ""});
  });
  Scratch scratch;
  ProbeSettings settings = page(server.url("http"));
  settings.kind = ProbeSettings::Kind::sign_in;
  settings.user = "probe";
  settings.password = {SecretReference::Kind::file, (scratch / "password").string()};
  EXPECT_EQ(first_outcome(settings).why, "file-missing");
  ASSERT_TRUE(replace_file(scratch / "password", "süß 7\n"));
  EXPECT_TRUE(first_outcome(settings).good);
  settings.form = true;
  settings.user_field = "login";
  settings.password_field = "pass";
  EXPECT_TRUE(first_outcome(settings).good);
  ASSERT_TRUE(replace_file(scratch / "password", "another\n"));
  EXPECT_EQ(first_outcome(settings).why, "status-401");
}

constexpr std::string_view routes_head =
    "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n";

std::optional<ProbeOutcome> own_network(const NetworkTables& tables, bool had_one = false) {
  boost::asio::io_context io;
  OwnNetwork network(io, tables);
  std::optional<ProbeOutcome> told;
  const auto ask = [&] {
    network.ask(100ms, [&](std::optional<ProbeOutcome> outcome) { told = std::move(outcome); });
    io.run();
    io.restart();
  };
  ask();
  if (had_one) {
    EXPECT_TRUE(replace_file(tables.routes, std::string(routes_head)));
    ask();
  }
  return told;
}

TEST(OwnNetwork, IsGoodWhenItsGatewayAnswersOrIsKnownByItsHardwareAddress) {
  Scratch scratch;
  const NetworkTables tables{scratch / "routes", scratch / "neighbours"};
  const auto route = [&](const std::string& gateway) {
    ASSERT_TRUE(replace_file(tables.routes,
                             std::string(routes_head) + "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n" +
                                 "eth0\t00000000\t0A0200C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n" + "eth1\t00000000\t" +
                                 gateway + "\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"));
  };
  route("0100007F");
  EXPECT_EQ(default_gateway(*read_file(tables.routes, 4096)), "127.0.0.1") << "the route with the least metric";
  EXPECT_TRUE(own_network(tables)->good) << "it refuses the connection, so it is there";
  EXPECT_EQ(own_network(tables, true)->why, "no-route") << "a cable was pulled";
  EXPECT_EQ(own_network(tables), std::nullopt) << "it never had a gateway: nothing is known";

  route("FFFFFFFF");  // where no connection and no echo may be sent
  ASSERT_TRUE(replace_file(
      tables.neighbours,
      "IP address HW type Flags HW address Mask Device\n255.255.255.255 0x1 0x0 00:00:00:00:00:00 * eth1\n"));
  EXPECT_EQ(own_network(tables)->why, "gateway-silent");
  ASSERT_TRUE(replace_file(
      tables.neighbours,
      "IP address HW type Flags HW address Mask Device\n255.255.255.255 0x1 0x2 02:fc:00:00:00:05 * eth1\n"));
  EXPECT_TRUE(own_network(tables)->good) << "it drops what it is sent, and is there";
}

}  // namespace
}  // namespace holdline::platform
