-- grain: day
-- reads: config.bank_holidays
-- why: the calendar by which deadlines in working days are told: up_to is how many working days
--   there were up to and with a day. Bank holidays are known for whole years only; of later years
--   weekends alone count.
with days as (
    select cast(date '2017-01-01' + numbers.n * interval '1' day as date) as day
    from unnest(numbers_below(6210)) as numbers (n)
),

marked as (
    select
        days.day,
        isodow(days.day) < 6 and holidays.day is null as is_working
    from days
    left join config.bank_holidays as holidays on holidays.day = days.day
)

select
    day,
    is_working,
    sum(case when is_working then 1 else 0 end)
        over (order by day rows unbounded preceding) as up_to
from marked
