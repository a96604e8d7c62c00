-- grain: dataset, reason
-- reads: int_fates
-- why: how many candidate rows of each dataset are left out for what they are, whoever they are
--   about, and why
-- numerator: candidate rows that are left out for one reason
-- denominator: all candidate rows of the dataset
-- source: the fates of the candidate rows
-- known limits: a row with several reasons counts under the first
select dataset, reason, cast(sum(count_rows) as bigint) as count_rows
from int_fates
where excluded_as is not null or reason = 'no_person_here'
group by dataset, reason
