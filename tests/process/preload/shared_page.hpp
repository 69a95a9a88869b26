// Memory that a test shares with a library it has a daemon load before the C library (LD_PRELOAD): what the test writes
// there the daemon's calls see at once.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <stdexcept>

namespace holdline::process {

// Null when there is no such file, or it cannot be mapped. Allocates nothing.
inline void* map_page(const char* file, std::size_t size) {
  const int fd = file == nullptr ? -1 : ::open(file, O_RDWR | O_CLOEXEC);
  if (fd < 0) return nullptr;
  void* const page = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  return page == MAP_FAILED ? nullptr : page;
}

// The test's side: makes the file, with nothing but zeros in it. Content is made of lock-free atomics.
template <class Content>
class SharedPage {
 public:
  explicit SharedPage(std::filesystem::path file) : file_(std::move(file)) {
    const int fd = ::open(file_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const bool sized = ::ftruncate(fd, sizeof(Content)) == 0;
    ::close(fd);
    content_ = sized ? static_cast<Content*>(map_page(file_.c_str(), sizeof(Content))) : nullptr;
    if (content_ == nullptr) throw std::runtime_error("no memory to share with a daemon: " + file_.string());
  }
  ~SharedPage() { ::munmap(content_, sizeof(Content)); }
  SharedPage(const SharedPage&) = delete;
  SharedPage& operator=(const SharedPage&) = delete;

  Content* operator->() { return content_; }
  const std::filesystem::path& file() const { return file_; }

 private:
  std::filesystem::path file_;
  Content* content_;
};

}  // namespace holdline::process
