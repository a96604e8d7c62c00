-- grain: person_id
-- reads: config.age_bands, int_bi_terms, int_people, stg_ethnicities, stg_people
-- why: Age, sex, ethnic group and postcode of every person, as coarse as the agreement says. The
--   program decides who of them is shown, and which of these details.
with people as (
    select
        people.person_id,
        terms.postcodes,
        people.age_years,
        -- the general form of a postcode; a pseudo postcode such as ZZ99 says nothing
        case
            when regexp_full_match(people.postcode, '[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}')
                and not starts_with(people.postcode, 'ZZ')
            then people.postcode
        end as postcode,
        names.gender,
        ethnicities.cin_ethnicity_code
    from int_people as people
    cross join int_bi_terms as terms
    left join stg_people as names on names.person_id = people.person_id
    left join stg_ethnicities as ethnicities
        on ethnicities.ethnicity_code = names.full_ethnicity_code
),

final as (
    select
        people.person_id,
        coalesce(
            case
                when bands.to_age is null then cast(bands.from_age as varchar) || ' and over'
                else cast(bands.from_age as varchar) || ' to ' || cast(bands.to_age as varchar)
            end, 'not recorded') as age_band,
        -- by the band, never by the age, so that it says no more than the band
        case
            when bands.from_age < 18 then 'child'
            when bands.from_age < 65 then 'adult'
            when bands.from_age >= 65 then 'older adult'
            else 'not recorded'
        end as age_group,
        case people.gender
            when 'M' then 'male'
            when 'F' then 'female'
            else 'other or not recorded'
        end as sex,
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
            when 'sector' then outward_code(people.postcode) || ' '
                || substr(inward_code(people.postcode), 1, 1)
        end, 'not recorded') as postcode,
        coalesce(regexp_extract(people.postcode, '^[A-Z]{1,2}'), 'not recorded') as postcode_area
    from people
    left join config.age_bands as bands
        on bands.audience = 'bi'
        and people.age_years >= bands.from_age
        and (people.age_years <= bands.to_age or bands.to_age is null)
)

select person_id, age_band, age_group, sex, ethnic_group, postcode, postcode_area
from final
