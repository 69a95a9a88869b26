// Where a server listens, and whom the kernel says is at the other end of a Unix socket.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "tests/unit/platform/http/fixture.hpp"

namespace holdline::platform {
namespace {

using namespace test;

TEST(HttpServer, ReportsTheLoginAtTheUnixSocketAndKeepsItsFileToOwnerAndGroup) {
  const Scratch directory;
  const auto path = directory / "agent.sock";
  const auto who = [](HttpRequest request, Respond respond) {
    respond({200, "text/plain", {}, std::to_string(request.peer.uid) + "/" + std::to_string(request.peer.pid)});
  };
  ServerThread server(UnixEndpoint{path, "", {}}, who);
  EXPECT_EQ(request_over_unix(path, get("/")).value().body,
            std::to_string(::getuid()) + "/" + std::to_string(::getpid()));
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0660u);
}

TEST(HttpServer, RefusesALoginBeforeReadingAnything) {
  const Scratch directory;
  const auto path = directory / "agent.sock";
  ServerThread server(UnixEndpoint{path, "", [](const Peer& peer) { return peer.uid == ::getuid() + 1; }}, echo);
  RawConnection raw(path);
  const std::string all = raw.read_until("}}");
  EXPECT_TRUE(all.starts_with("HTTP/1.1 403")) << all;
  EXPECT_NE(all.find("\"not-allowed\""), std::string::npos);
  EXPECT_EQ(server.server().stats().refused_peers, 1u);
  EXPECT_EQ(server.server().stats().requests, 0u);
}

// Only root can become somebody else; for everybody else the kernel's part is covered by the two tests above.
TEST(HttpServer, KnowsAnotherLoginByTheKernelsWord) {
  if (::getuid() != 0) GTEST_SKIP() << "needs root to connect as another user";
  const Scratch directory;
  const auto path = directory / "agent.sock";
  constexpr uid_t nobody = 65534;
  std::atomic<std::uint32_t> seen = 0;
  ServerThread server(UnixEndpoint{path, "", [&](const Peer& peer) { return seen = peer.uid, peer.uid == 0; }}, echo);
  ::chmod(directory.path().c_str(), 0755);
  ::chmod(path.c_str(), 0666);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setuid(nobody) != 0) ::_exit(2);
    RawConnection raw(path);
    ::_exit(raw.read_until("\r\n").starts_with("HTTP/1.1 403") ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(seen, nobody);
}

TEST(HttpServer, ReplacesASocketFileNobodyListensOnButNotALiveOne) {
  const Scratch directory;
  const auto path = directory / "agent.sock";
  { ServerThread first(UnixEndpoint{path, "", {}}, echo); }
  ASSERT_TRUE(std::filesystem::exists(path));
  ServerThread second(UnixEndpoint{path, "", {}}, echo);
  EXPECT_EQ(request_over_unix(path, get("/")).value().status, 200);
  boost::asio::io_context io;
  EXPECT_EQ(code_of(HttpServer::listen(io, UnixEndpoint{path, "", {}}, echo)), "address-in-use");
}

TEST(HttpServer, SaysWhyItCannotListen) {
  boost::asio::io_context io;
  ServerThread server(LoopbackEndpoint{}, echo);
  EXPECT_EQ(code_of(HttpServer::listen(io, LoopbackEndpoint{server.port()}, echo)), "address-in-use");
  EXPECT_EQ(code_of(HttpServer::listen(io, UnixEndpoint{"/nowhere/at/all.sock", "", {}}, echo)), "listen-failed");
  EXPECT_EQ(code_of(HttpServer::listen(io, UnixEndpoint{std::string(200, 'x'), "", {}}, echo)), "bad-address");
  EXPECT_EQ(code_of(HttpServer::listen(io, UnixEndpoint{"/tmp/x.sock", "no-such-group-here", {}}, echo)),
            "unknown-group");
  EXPECT_EQ(code_of(HttpServer::listen(io, TlsEndpoint{"localhost", 0, nullptr}, echo)), "bad-address");
}

}  // namespace
}  // namespace holdline::platform
