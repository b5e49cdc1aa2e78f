#include "worker/python/gevent_io.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace swarm::python {
namespace {

std::uint32_t epoll_bits(std::uint32_t events) {
  return ((events & kEventRead) != 0 ? std::uint32_t{EPOLLIN} : 0) |
         ((events & kEventWrite) != 0 ? std::uint32_t{EPOLLOUT} : 0);
}

std::uint32_t events_of(std::uint32_t bits) {
  std::uint32_t events = 0;
  if ((bits & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) events |= kEventRead;
  if ((bits & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) events |= kEventWrite;
  return events;
}

std::uint32_t wanted_by(const IoObject* first) {
  std::uint32_t events = 0;
  for (const IoObject* each = first; each != nullptr; each = each->next) events |= each->events;
  return events;
}

}  // namespace

IoSet::~IoSet() {
  watch_.reset();
  if (epoll_fd_ >= 0) ::close(epoll_fd_);
}

void IoSet::add(IoObject& io) {
  const auto fd = static_cast<std::size_t>(io.fd);
  if (fd >= places_.size()) places_.resize(std::max(fd + 1, places_.size() * 2));
  Place& place = places_[fd];
  io.next = place.first;
  place.first = &io;
  place.fresh |= std::exchange(io.fresh, false);
  change(io.fd);
}

void IoSet::remove(IoObject& io) {
  IoObject** link = &places_[static_cast<std::size_t>(io.fd)].first;
  while (*link != &io) link = &(*link)->next;
  *link = std::exchange(io.next, nullptr);
  change(io.fd);
}

void IoSet::change(int fd) {
  Place& place = places_[static_cast<std::size_t>(fd)];
  if (!std::exchange(place.changed, true)) changed_.push_back(fd);
}

void IoSet::apply() {
  if (stale_) rebuild();
  for (std::size_t i = 0; i < changed_.size(); ++i) {
    const int fd = changed_[i];
    Place& place = places_[static_cast<std::size_t>(fd)];
    place.changed = false;
    const bool fresh = std::exchange(place.fresh, false);
    if (fresh && place.always_ready) {  // another file has its number
      place.always_ready = false;
      std::erase(always_ready_fds_, fd);
    }
    const std::uint32_t wanted = wanted_by(place.first);
    if (wanted == 0 || place.always_ready || (wanted == place.told && !fresh)) continue;
    tell(fd, wanted);
  }
  changed_.clear();

  always_ready_ = 0;
  for (const int fd : always_ready_fds_) {
    if (places_[static_cast<std::size_t>(fd)].first == nullptr) continue;
    ++always_ready_;
    announce(fd);
  }
}

void IoSet::tell(int fd, std::uint32_t wanted) {
  if (epoll_fd_ < 0 && !open()) return give_up(fd);
  Place& place = places_[static_cast<std::size_t>(fd)];
  // It may have been closed, and opened again, without our knowledge.
  int reason = control(place.known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, wanted);
  if (reason == ENOENT) {
    ++place.generation;
    reason = control(EPOLL_CTL_ADD, fd, wanted);
  } else if (reason == EEXIST) {
    reason = control(EPOLL_CTL_MOD, fd, wanted);
  }
  place.known = reason == 0;
  place.told = reason == 0 ? wanted : 0;
  if (reason == EPERM) {
    place.always_ready = true;
    always_ready_fds_.push_back(fd);
  } else if (reason != 0) {
    give_up(fd);
  }
}

int IoSet::control(int operation, int fd, std::uint32_t wanted) {
  const auto number = static_cast<std::uint32_t>(fd);
  epoll_event event{};
  event.events = epoll_bits(wanted);
  event.data.u64 = std::uint64_t{places_[number].generation} << 32 | number;
  return ::epoll_ctl(epoll_fd_, operation, fd, &event) == 0 ? 0 : errno;
}

void IoSet::give_up(int fd) {
  while (IoObject* io = places_[static_cast<std::size_t>(fd)].first) {
    end_watcher(io->base);
    due_.add(io->base, kEventRead | kEventWrite | kEventError);
  }
}

void IoSet::announce(int fd) {
  if (static_cast<std::size_t>(fd) >= places_.size()) return;
  for (IoObject* io = places_[static_cast<std::size_t>(fd)].first; io != nullptr; io = io->next) {
    due_.add(io->base, io->events);
  }
}

bool IoSet::open() {
  epoll_fd_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd_ < 0) return false;
  auto watch = loop_.watch(epoll_fd_, *this, Ready::Read);
  if (!watch) {
    ::close(std::exchange(epoll_fd_, -1));
    return false;
  }
  watch_ = std::move(watch).value();
  return true;
}

void IoSet::ready(Ready) {
  const int count = ::epoll_wait(epoll_fd_, events_.data(), static_cast<int>(events_.size()), 0);
  for (int i = 0; i < count; ++i) serve(events_[static_cast<std::size_t>(i)]);
}

void IoSet::serve(const epoll_event& event) {
  const auto fd = static_cast<std::uint32_t>(event.data.u64);
  Place& place = places_[fd];
  if (place.generation != static_cast<std::uint32_t>(event.data.u64 >> 32)) {
    stale_ = true;  // its number is another file's by now, but somebody still has it open
    return;
  }
  const std::uint32_t happened = events_of(event.events);
  for (IoObject* io = place.first; io != nullptr; io = io->next) {
    if ((io->events & happened) != 0) due_.add(io->base, io->events & happened);
  }
  const std::uint32_t wanted = wanted_by(place.first);
  if ((happened & ~wanted) == 0 || (wanted != 0 && wanted == place.told)) return;
  // Nobody waits for it any more.
  const int number = static_cast<int>(fd);
  if (control(wanted == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD, number, wanted) != 0) stale_ = true;
  place.known = wanted != 0;
  place.told = wanted;
}

void IoSet::after_fork() {
  if (epoll_fd_ >= 0) rebuild();
}

void IoSet::rebuild() {
  stale_ = false;
  watch_.reset();
  ::close(std::exchange(epoll_fd_, -1));
  always_ready_fds_.clear();
  for (std::size_t fd = 0; fd < places_.size(); ++fd) {
    Place& place = places_[fd];
    place.known = place.always_ready = false;
    place.told = 0;
    if (place.first != nullptr) change(static_cast<int>(fd));
  }
}

}  // namespace swarm::python
