// Where the seeds of the fuzz targets are written.
#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "sync/base/bytes.hpp"

namespace holdline::fuzz {

class Corpus {
 public:
  explicit Corpus(std::filesystem::path root) : root_(std::move(root)) {}

  // Seeds above two kilobytes are left out: the fuzzer grows them itself.
  void add(const std::string& target, const std::string& name, const sync::Bytes& bytes) const {
    constexpr std::size_t largest = 2048;
    if (bytes.size() > largest) return;
    std::filesystem::create_directories(root_ / target);
    std::ofstream out(root_ / target / name, std::ios::binary);
    out << bytes;
    if (!out.flush()) throw std::runtime_error("cannot write " + (root_ / target / name).string());
  }

 private:
  std::filesystem::path root_;
};

// text_seeds.cpp: what people, programs and browsers write.
void add_text_seeds(const Corpus& corpus);

}  // namespace holdline::fuzz
