-- grain: person_id
-- reads: config.age_bands, config.pseudonyms, int_bi_gates, int_bi_terms, int_people, stg_ethnicities, stg_people
-- why: The people whom BI may be told of, under their pseudonyms, with age, sex, ethnicity and postcode as coarse as agreed.
with people as (
    select
        gates.person_id,
        pseudonym(keys.inner_pad, keys.outer_pad, keys.audience, 'person', cast(gates.person_id as varchar)) as person_key,
        keys.key_version,
        terms.postcodes,
        people.age_years,
        -- the general form of a postcode; places that are none, such as ZZ99, say nothing
        case
            when regexp_full_match(people.postcode, '[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}') and not starts_with(people.postcode, 'ZZ')
            then people.postcode
        end as postcode,
        names.gender,
        ethnicities.cin_ethnicity_code
    from int_bi_gates as gates
    cross join int_bi_terms as terms
    inner join config.pseudonyms as keys on keys.audience = terms.audience
    inner join int_people as people on people.person_id = gates.person_id
    inner join stg_people as names on names.person_id = gates.person_id
    left join stg_ethnicities as ethnicities on ethnicities.ethnicity_code = names.full_ethnicity_code
    where gates.gate = ''
)

select
    people.person_id,
    people.person_key,
    people.key_version,
    coalesce(
        case when bands.to_age is null then cast(bands.from_age as varchar) || ' and over'
            else cast(bands.from_age as varchar) || ' to ' || cast(bands.to_age as varchar) end,
        'not recorded') as age_band,
    case people.gender when 'M' then 'male' when 'F' then 'female' else 'other or not recorded' end as sex,
    -- groups of the 2021 census by the codes of the national returns
    case
        when people.cin_ethnicity_code in ('WBRI', 'WIRI', 'WIRT', 'WROM', 'WOTH') then 'White'
        when people.cin_ethnicity_code in ('MWBC', 'MWBA', 'MWAS', 'MOTH') then 'Mixed'
        when people.cin_ethnicity_code in ('AIND', 'APKN', 'ABAN', 'AOTH', 'CHNE') then 'Asian'
        when people.cin_ethnicity_code in ('BCRB', 'BAFR', 'BOTH') then 'Black'
        when people.cin_ethnicity_code = 'OOTH' then 'Other'
        else 'not recorded'
    end as ethnic_group,
    coalesce(case people.postcodes
        when 'area' then regexp_extract(people.postcode, '^[A-Z]{1,2}')
        when 'district' then outward_code(people.postcode)
        when 'sector' then outward_code(people.postcode) || ' ' || substr(inward_code(people.postcode), 1, 1)
    end, 'not recorded') as postcode
from people
left join config.age_bands as bands
    on bands.audience = 'bi' and people.age_years >= bands.from_age and (people.age_years <= bands.to_age or bands.to_age is null)
