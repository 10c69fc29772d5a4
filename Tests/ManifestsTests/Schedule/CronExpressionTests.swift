import Manifests
import Testing

@Suite("Cron expressions") struct CronExpressionTests {
    @Test(
        "Fields match numbers, ranges, steps, lists and names",
        arguments: [
            ("5 * * * *", [5]), ("1,3,5 * * * *", [1, 3, 5]), ("10-13 * * * *", [10, 11, 12, 13]),
            ("*/20 * * * *", [0, 20, 40]), ("5-30/10 * * * *", [5, 15, 25]), ("58-59,0-1 * * * *", [0, 1, 58, 59]),
            ("00,07 * * * *", [0, 7]),
        ])
    func minutes(text: String, expected: [Int]) throws {
        #expect(try CronExpression(text).minutes.numbers == expected)
    }

    @Test("Months and weekdays have names in any case; Sunday is 0 and 7")
    func names() throws {
        let expression = try CronExpression("0 0 * JAN,mar-May mon-Fri")
        #expect(expression.months.numbers == [1, 3, 4, 5])
        #expect(expression.weekdays.numbers == [1, 2, 3, 4, 5])
        #expect(try CronExpression("0 0 * * 7").weekdays.numbers == [0])
        #expect(try CronExpression("0 0 * * 5-7").weekdays.numbers == [0, 5, 6])
        #expect(try CronExpression("0 0 * * sun").weekdays.numbers == [0])
    }

    @Test("Nicknames stand for their five fields")
    func nicknames() throws {
        for (nickname, fields) in [
            ("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@midnight", "0 0 * * *"), ("@weekly", "0 0 * * 0"),
            ("@monthly", "0 0 1 * *"), ("@yearly", "0 0 1 1 *"), ("@Annually", "0 0 1 1 *"),
        ] {
            let (short, long) = (try CronExpression(nickname), try CronExpression(fields))
            #expect(short.minutes == long.minutes && short.hours == long.hours && short.days == long.days)
            #expect(short.months == long.months && short.weekdays == long.weekdays)
        }
    }

    @Test("Of day of month and day of week one is enough where both are restricted; else both must match")
    func days() throws {
        let either = try CronExpression("0 0 13 * fri")
        #expect(either.matches(month: 5, day: 13, weekday: 2))
        #expect(either.matches(month: 5, day: 14, weekday: 5))
        #expect(!either.matches(month: 5, day: 14, weekday: 4))
        let both = try CronExpression("0 0 */2 * fri")
        #expect(both.matches(month: 5, day: 13, weekday: 5))
        #expect(!both.matches(month: 5, day: 13, weekday: 2))
        #expect(!both.matches(month: 5, day: 14, weekday: 5))
        #expect(try CronExpression("0 0 13 * *").matches(month: 5, day: 13, weekday: 2))
        #expect(try !CronExpression("0 0 13 * *").matches(month: 5, day: 14, weekday: 2))
    }

    @Test("A minute or hour that begins with a star makes an interval")
    func interval() throws {
        for text in ["* * * * *", "0 * * * *", "*/15 2 * * *", "0 */2 * * *"] {
            #expect(try CronExpression(text).isInterval, "\(text)")
        }
        for text in ["30 2 * * *", "0,30 1-3 * * *", "0-59/15 2 * * *"] {
            #expect(try !CronExpression(text).isInterval, "\(text)")
        }
    }

    @Test(
        "Whatever is not an expression is refused, naming the field",
        arguments: [
            ("", "0 fields"), ("* * * *", "4 fields"), ("* * * * * *", "6 fields"), ("60 * * * *", "minute 60"),
            ("* 24 * * *", "hour 24"), ("* * 0 * *", "day of month 0"), ("* * 32 * *", "day of month 32"),
            ("* * * 13 *", "month 13"), ("* * * * 8", "day of week 8"), ("-1 * * * *", "minute"),
            ("+1 * * * *", "'+1' is not a number"), ("1- * * * *", "minute"), ("1-2-3 * * * *", "not a range"),
            ("5-1 * * * *", "runs backwards"), ("* * * * fri-mon", "runs backwards"), ("*/0 * * * *", "no step"),
            ("*/ * * * *", "no step"), ("*/5/5 * * * *", "no step"), ("5/15 * * * *", "write 5-59/15"),
            ("*/70 * * * *", "would match 0 alone"), ("0 */25 * * *", "a step longer than its range of 24"),
            ("10-19/11 * * * *", "write 10"),
            ("1,,2 * * * *", "'' is not a number"), ("** * * * *", "minute '**'"), ("٣ * * * *", "not a number"),
            ("* * * foo *", "jan … dec"), ("0 0 30 2 *", "never comes"), ("0 0 31 4,6,9,11 *", "never comes"),
            ("@reboot", "known are"), ("99999999999999999999 * * * *", "not a number"),
        ])
    func refused(text: String, reason: String) {
        #expect {
            try CronExpression(text)
        } throws: { error in
            (error as? CronMistake)?.message.contains(reason) == true
        }
    }

    @Test("A step as long as its range is once a round, as everywhere")
    func wholeRange() throws {
        #expect(try CronExpression("*/60 */24 * * *").minutes.numbers == [0])
        #expect(try CronExpression("10-19/10 * * * *").minutes.numbers == [10])
    }

    @Test("29 February comes, and so does 31 where a weekday is named as well")
    func rare() throws {
        _ = try CronExpression("0 0 29 2 *")
        _ = try CronExpression("0 0 31 4 fri")
    }
}
