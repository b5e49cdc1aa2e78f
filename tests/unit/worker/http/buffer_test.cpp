#include "worker/http/buffer.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace swarm::http {
namespace {

TEST(Buffer, GrowsAndKeepsItsContent) {
  Buffer buffer;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    buffer.append(std::to_string(i));
    expected += std::to_string(i);
  }
  EXPECT_EQ(buffer.view(), expected);
  EXPECT_LE(buffer.capacity(), 2 * expected.size());
}

TEST(Buffer, TakesWhatWasWrittenIntoItsSpace) {
  Buffer buffer;
  buffer.append("ab");
  std::string_view("cdef").copy(buffer.space(100), 4);
  EXPECT_EQ(buffer.view(), "ab");
  buffer.commit(3);
  EXPECT_EQ(buffer.view(), "abcde");
}

TEST(Buffer, GivesItsMemoryBackAndCanBeFilledAgain) {
  Buffer buffer;
  buffer.append(std::string(100, 'x'));
  buffer.reset();
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.capacity(), 0u);
  buffer.append("again");
  EXPECT_EQ(buffer.view(), "again");
}

TEST(Buffer, IsEmptyAfterItWasMoved) {
  Buffer from;
  from.append("content");
  Buffer to;
  to.append("old");
  to = std::move(from);
  EXPECT_EQ(to.view(), "content");
  EXPECT_TRUE(from.empty());
  EXPECT_EQ(from.capacity(), 0u);
}

// Bytes that are lent, in a place that is used again after the loan.
struct Lender {
  std::string place = "lent";
  Loan loan;
  void take_back() {
    loan.end();
    place.assign(place.size(), 'x');
  }
};

TEST(Buffer, ShowsLentBytesAndCopiesThemWhenTheLoanEnds) {
  Lender lender;
  Buffer buffer;
  buffer.append("old");
  buffer.borrow(lender.place, lender.loan);
  EXPECT_EQ(buffer.data(), lender.place.data());
  lender.take_back();
  EXPECT_EQ(buffer.view(), "lent");
}

TEST(Buffer, CopiesLentBytesBeforeItChangesThem) {
  Lender lender;
  Buffer buffer;
  buffer.borrow(lender.place, lender.loan);
  buffer.append("!");
  EXPECT_EQ(buffer.view(), "lent!");
  EXPECT_EQ(lender.place, "lent");
  buffer.borrow(lender.place, lender.loan);
  buffer.clear();
  buffer.append("new");
  EXPECT_EQ(lender.place, "lent");
  lender.take_back();
  EXPECT_EQ(buffer.view(), "new");
}

TEST(Buffer, LeavesALoanToWhoTakesItsContent) {
  Lender lender;
  Buffer to;
  {
    Buffer from;
    from.borrow(lender.place, lender.loan);
    to = std::move(from);
  }
  lender.take_back();
  EXPECT_EQ(to.view(), "lent");
}

TEST(Buffer, ForgetsALoan) {
  Lender lender;
  {
    Buffer gone;
    gone.borrow(lender.place, lender.loan);
    Buffer reset;
    reset.borrow(lender.place, lender.loan);
    EXPECT_NE(gone.data(), lender.place.data());
    reset.reset();
    EXPECT_TRUE(reset.empty());
    gone.borrow(lender.place, lender.loan);
  }
  lender.take_back();
}

}  // namespace
}  // namespace swarm::http
