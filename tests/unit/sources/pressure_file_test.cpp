#include "daemon/sources/pressure_file.h"

#include <gtest/gtest.h>

namespace keventd::test {
namespace {

TEST(PressureFile, ReadsBothLines) {
    const PressureFile file = parsePressure("some avg10=1.25 avg60=0.40 avg300=0.09 total=151623\n"
                                            "full avg10=100.00 avg60=0.01 avg300=0.00 total=99\n");
    ASSERT_TRUE(file.some);
    EXPECT_EQ(file.some->avg10, "1.25");
    EXPECT_EQ(file.some->avg60, "0.40");
    EXPECT_EQ(file.some->avg300, "0.09");
    EXPECT_EQ(file.some->totalUsec, 151'623U);
    ASSERT_TRUE(file.full);
    EXPECT_EQ(file.full->avg10, "100.00");
    EXPECT_EQ(file.full->totalUsec, 99U);
}

TEST(PressureFile, ReadsTheOneLineThatThereIs) {
    const PressureFile file = parsePressure("some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
    EXPECT_TRUE(file.some);
    EXPECT_FALSE(file.full);
}

TEST(PressureFile, PassesOverLinesThatItDoesNotKnow) {
    const PressureFile file = parsePressure(
        "none avg10=9.00 avg60=9.00 avg300=9.00 total=9\n\nsome avg10=0.00 avg60=0.00 avg300=0.00 total=7");
    ASSERT_TRUE(file.some);
    EXPECT_EQ(file.some->totalUsec, 7U);
}

TEST(PressureFile, ReadsWhatMayComeBehind) {
    EXPECT_TRUE(parsePressure("some avg10=0.00 avg60=0.00 avg300=0.00 total=0 more=1\n").some);
}

TEST(PressureFile, HasNothingOfALineThatIsNone) {
    for (const char* line :
         {"some", "some ", "some avg10=0.00 avg60=0.00 avg300=0.00",
          "some avg10=0.00 avg60=0.00 avg300=0.00 total=", "some avg10=0.00 avg60=0.00 avg300=0.00 total=-1",
          "some avg10=0.00 avg60=0.00 avg300=0.00 total=1x",
          "some avg10=0.00 avg60=0.00 avg300=0.00 total=99999999999999999999999",
          "some avg10= avg60=0.00 avg300=0.00 total=0", "some avg10=nan avg60=0.00 avg300=0.00 total=0",
          "some avg10=1. avg60=0.00 avg300=0.00 total=0", "some avg10=-1.00 avg60=0.00 avg300=0.00 total=0",
          "some avg60=0.00 avg10=0.00 avg300=0.00 total=0",
          "some avg10=0000000000000000000 avg60=0.00 avg300=0.00 total=0",
          "some  avg10=0.00 avg60=0.00 avg300=0.00 total=0"})
        EXPECT_FALSE(parsePressure(line).some) << line;
}

TEST(PressureFile, HasNothingOfAnEmptyText) {
    EXPECT_FALSE(parsePressure("").some);
    EXPECT_FALSE(parsePressure("\n\n").full);
}

} // namespace
} // namespace keventd::test
