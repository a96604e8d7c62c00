-- grain: collection_year, rule_code, person_id, source_table, source_key, field
-- reads: cin_children, cin_details, cin_disabilities, config.cin_codes, config.cin_upn_authorities,
--   config.return_periods
-- why: what the census's rules find in the children themselves: pupil numbers, dates of birth and
--   death, ethnicity, disabilities
with periods as (
    select year as collection_year, starts_on, ends_on from config.return_periods
    where return_name = 'cin'
),

cases as (
    select
        collection_year, person_id, bool_or(not is_no_further_action) as has_more,
        min(referred_on) as first_referred_on, bool_or(closed_on is null) as is_open,
        max(closed_on) as last_closed_on
    from cin_details
    group by collection_year, person_id
),

children as (
    select
        children.collection_year, children.person_id, children.la_child_id, children.upn,
        children.former_upn, children.upn_unknown, children.birth_date,
        children.expected_birth_date, children.sex, children.death_date, children.ethnicity,
        periods.starts_on, periods.ends_on, cases.person_id is not null as has_case, cases.has_more,
        cases.first_referred_on, cases.is_open, cases.last_closed_on,
        count(children.la_child_id)
            over (partition by children.collection_year, children.la_child_id) as count_same_id,
        count(children.upn) over (partition by children.collection_year, children.upn)
            as count_same_upn,
        coalesce(regexp_full_match(children.upn, '[A-Z][0-9]{12}'), false) as is_upn_countable
    from cin_children as children
    inner join periods on periods.collection_year = children.collection_year
    left join cases on cases.collection_year = children.collection_year
        and cases.person_id = children.person_id
),

-- the check letter stands for the remainder of the weighed digits by 23
lettered as (
    select
        collection_year, person_id, upn,
        substr('ABCDEFGHJKLMNPQRTUVWXYZ', 1 + (
            try_cast(substr(upn, 2, 1) as integer) * 2 + try_cast(substr(upn, 3, 1) as integer) * 3
                + try_cast(substr(upn, 4, 1) as integer) * 4
            + try_cast(substr(upn, 5, 1) as integer) * 5
                + try_cast(substr(upn, 6, 1) as integer) * 6
                + try_cast(substr(upn, 7, 1) as integer) * 7
            + try_cast(substr(upn, 8, 1) as integer) * 8
                + try_cast(substr(upn, 9, 1) as integer) * 9
                + try_cast(substr(upn, 10, 1) as integer) * 10
            + try_cast(substr(upn, 11, 1) as integer) * 11
                + try_cast(substr(upn, 12, 1) as integer) * 12
                + try_cast(substr(upn, 13, 1) as integer) * 13
        ) % 23, 1) as letter
    from children
    where is_upn_countable
),

disabilities as (
    select
        disabilities.collection_year, disabilities.person_id, disabilities.disability,
        codes.code is not null as is_known,
        count(*) over (partition by disabilities.collection_year, disabilities.person_id,
            disabilities.disability) as count_same,
        bool_or(disabilities.disability = 'NONE')
            over (partition by disabilities.collection_year, disabilities.person_id) as has_none
    from cin_disabilities as disabilities
    left join config.cin_codes as codes
        on codes.code_set = 'disability' and codes.code = disabilities.disability
),

found as (
    select collection_year, person_id, '1510' as rule_code, 'UPN' as field from lettered
    where letter <> substr(upn, 1, 1)
    union all
    select collection_year, person_id, '1520', 'UPN' from children
    where upn is not null and count_same_upn > 1
    union all
    select children.collection_year, children.person_id, '1530', 'UPN'
    from children
    where length(children.upn) = 13
        and not exists (select 1 from config.cin_upn_authorities as codes
            where substr(children.upn, 2, 3) between codes.first_code and codes.last_code)
    union all
    select collection_year, person_id, '1540', 'UPN' from children
    where upn is not null and not regexp_full_match(substr(upn, 5, 8), '[0-9]+')
    union all
    select collection_year, person_id, '1550', 'UPN' from children
    where length(upn) = 13 and not regexp_full_match(substr(upn, 13, 1), '[0-9A-HJ-NP-RT-Z]')
    union all
    select collection_year, person_id, '1560Q', 'FormerUPN' from children
    where not regexp_full_match(former_upn, '[A-Z][0-9]{12}')
    union all
    select collection_year, person_id, '1570', 'LAchildID' from children
    where length(la_child_id) > 20
    union all
    select collection_year, person_id, '1580', 'LAchildID' from children
    where not regexp_full_match(la_child_id, '[A-Za-z0-9]*')
    union all
    select collection_year, person_id, '4180', 'Sex' from children
    where sex is null or sex not in ('M', 'F', 'U')
    union all
    select collection_year, person_id, '8500', 'LAchildID' from children where la_child_id is null
    union all
    select collection_year, person_id, '8510', 'LAchildID' from children where count_same_id > 1
    union all
    select collection_year, person_id, '8520', 'PersonBirthDate' from children
    where birth_date > ends_on
    union all
    select collection_year, person_id, '8590', 'LAchildID' from children where not has_case
    union all
    select collection_year, person_id, '8750', 'Sex' from children
    where birth_date is null and expected_birth_date is not null and sex <> 'U'
    union all
    select collection_year, person_id, '8772', 'UPNunknown' from children
    where upn_unknown = 'UN7' and has_more
    union all
    select children.collection_year, children.person_id, '4220', 'Ethnicity'
    from children
    left join config.cin_codes as codes
        on codes.code_set = 'ethnicity' and codes.code = children.ethnicity
    where codes.code is null
    union all
    select collection_year, person_id, '8525Q', 'PersonBirthDate' from children
    where birth_date is null and expected_birth_date is null
    union all
    select collection_year, person_id, '8530Q', 'ExpectedPersonBirthDate'
    from children
    where expected_birth_date <= ends_on - interval '30' day
        or expected_birth_date >= cast(ends_on + interval '9' month as date)
    union all
    select collection_year, person_id, '8535Q', 'PersonDeathDate' from children
    where death_date < birth_date or death_date is not null and birth_date is null
    union all
    select collection_year, person_id, '8545Q', 'PersonDeathDate' from children
    where death_date < starts_on or death_date > ends_on
    union all
    select collection_year, person_id, '8606', 'PersonBirthDate' from children
    where first_referred_on < coalesce(birth_date, expected_birth_date) - interval '280' day
    union all
    select collection_year, person_id, '8770Q', 'UPN'
    from children
    where has_more and birth_date <= make_date(collection_year - 6, 8, 31) and upn is null
        and (upn_unknown is null or upn_unknown not in ('UN2', 'UN3', 'UN4', 'UN5', 'UN6', 'UN7'))
    union all
    select collection_year, person_id, '8775Q', 'PersonBirthDate'
    from children
    where birth_date < cast(ends_on - interval '25' year as date)
        and (is_open or last_closed_on > cast(birth_date + interval '25' year as date))
    union all
    select disabilities.collection_year, disabilities.person_id, '8540', 'Disability'
    from disabilities
    inner join children on children.collection_year = disabilities.collection_year
        and children.person_id = disabilities.person_id
    where not disabilities.is_known and children.has_more
    union all
    select collection_year, person_id, '8790', 'Disability' from disabilities
    where has_none and disability <> 'NONE'
    union all
    select collection_year, person_id, '8794', 'Disability' from disabilities where count_same > 1
),

for_all as (
    select collection_year, '2886Q' as rule_code, 'Sex' as field
    from cin_children
    group by collection_year
    having count(*) filter (where sex = 'U' and expected_birth_date is null) > 0.02 * count(*)
    union all
    select collection_year, '2887Q', 'Disability' from disabilities group by collection_year
    having count(distinct disability) filter (where disability <> 'NONE') < 8
    union all
    select collection_year, '2888Q', 'Disability'
    from (
        select collection_year, person_id, count(*) as count_codes from disabilities
        where disability <> 'NONE' group by collection_year, person_id
    ) as counted
    group by collection_year
    having max(count_codes) <= 1
)

select
    'cin' as return_name, collection_year, rule_code, person_id,
    cast(null as varchar) as event_reference,
    case when field = 'Disability' then 'dm_disabilities' else 'dm_persons' end as source_table,
    cast(person_id as varchar) as source_key, field, count(*) as rows_affected
from found
group by collection_year, rule_code, person_id, field
union all
select
    'cin', collection_year, rule_code, cast(null as bigint), cast(null as varchar),
    case when field = 'Disability' then 'dm_disabilities' else 'dm_persons' end,
        cast(null as varchar), field, cast(1 as bigint)
from for_all
