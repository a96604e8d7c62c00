-- severity: block
-- grain: dataset
-- reads: config.age_bands, dim_person, int_bi_dates, int_bi_terms
-- why: no date is finer than the agreement's periods or in one that is not over, no postcode is
--   finer than agreed, no age is outside the agreed bands
with bands as (
    select
        cast(from_age as varchar)
        || case when to_age is null then ' and over' else ' to ' || cast(to_age as varchar) end
            as age_band
    from config.age_bands
    where audience = 'bi'
)

select distinct dates.dataset
from int_bi_dates as dates
cross join int_bi_terms as terms
where dates.shown_on <> date_trunc(terms.dates, dates.shown_on)
    or dates.shown_on >= terms.whole_until
    -- a quarter or a year may have begun before the history does
    or dates.shown_on < date_trunc('year', terms.history_from)
union
select distinct 'dim_person'
from dim_person as people
cross join int_bi_terms as terms
where not regexp_full_match(people.postcode, case terms.postcodes
        when 'area' then '[A-Z]{1,2}'
        when 'district' then '[A-Z]{1,2}[0-9][A-Z0-9]?'
        else '[A-Z]{1,2}[0-9][A-Z0-9]? [0-9]'
    end || '|not recorded')
    or people.age_band not in (select age_band from bands union all select 'not recorded')
