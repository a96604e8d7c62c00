-- grain: collection_year, rule_code, person_id, source_table, source_key
-- reads: int_ssda903_episode_checks
-- why: The rules that look at one episode and its neighbours, each named by its code, in one scan.
--   One record that spoils several rows is one finding.
with found as (
    select
        collection_year, person_id, period_of_care_id, placement_id, legal_status_id, carer_id,
        unnest(list_filter([
            case when not is_known_ls
                then {'rule_code': '144', 'field': 'LS', 'source': 'legal_status'} end,
            case when not is_known_cin
                then {'rule_code': '145', 'field': 'CIN', 'source': 'placement'} end,
            case when not is_known_place
                then {'rule_code': '146', 'field': 'PLACE', 'source': 'placement'} end,
            case when not is_known_rec
                then {'rule_code': '149', 'field': 'REC', 'source': 'placement'} end,
            case when not is_known_provider
                then {'rule_code': '178', 'field': 'PLACE_PROVIDER', 'source': 'placement'} end,
            case when not is_known_change
                then {'rule_code': '1009', 'field': 'REASON_PLACE_CHANGE',
                'source': 'placement'} end,
            case when next_decom is not null and (dec is null or rec is null)
                then {'rule_code': '142', 'field': 'DEC', 'source': 'placement'} end,
            case when (dec is null) <> (rec is null)
                then {'rule_code': '148', 'field': 'REC', 'source': 'placement'} end,
            case when not is_short_break and not is_known_pl_post
                then {'rule_code': '169', 'field': 'PL_POST', 'source': 'carer'} end,
            case when not is_short_break and not is_known_pl_post
                then {'rule_code': '179', 'field': 'PL_POST', 'source': 'carer'} end,
            case when (home_post is not null and not is_known_home_post)
                or (pl_post is not null and not is_known_pl_post)
                then {'rule_code': '392c', 'field': 'PL_POST', 'source': 'carer'} end,
            case when home_post = pl_post and place is distinct from 'P1'
                then {'rule_code': '392d', 'field': 'PL_POST', 'source': 'carer'} end,
            case when urn is null and not is_without_urn and (dec is null or dec >= starts_on)
                then {'rule_code': '218', 'field': 'URN', 'source': 'placement'} end,
            case when place_provider is null and not is_without_provider
                then {'rule_code': '526', 'field': 'PLACE_PROVIDER', 'source': 'placement'} end,
            case when place in ('P1', 'R2', 'R5') and place_provider = 'PR1'
                then {'rule_code': '527', 'field': 'PLACE_PROVIDER', 'source': 'placement'} end,
            case when place in ('P1', 'R2', 'R5') and place_provider = 'PR2'
                then {'rule_code': '528', 'field': 'PLACE_PROVIDER', 'source': 'placement'} end,
            case when place in ('A3', 'A4', 'A5', 'A6', 'K1', 'K2', 'P1', 'U1', 'U2', 'U3', 'U4',
                'U5', 'U6') and place_provider = 'PR3'
                then {'rule_code': '529', 'field': 'PLACE_PROVIDER', 'source': 'placement'} end,
            case when place = 'P1' and place_provider = 'PR4'
                then {'rule_code': '530', 'field': 'PLACE_PROVIDER', 'source': 'placement'} end,
            case when place = 'P1' and place_provider = 'PR5'
                then {'rule_code': '531', 'field': 'PLACE_PROVIDER', 'source': 'placement'} end,
            case when place is distinct from 'P1' and place_provider = 'PR0'
                then {'rule_code': '550', 'field': 'PLACE_PROVIDER', 'source': 'placement'} end,
            case when place_provider = 'PR1' and not is_short_break and ls is not null
                and place not in ('A3', 'A4', 'A5', 'A6', 'U1', 'U2', 'U3', 'U4', 'U5', 'U6', 'K3')
                and placement_authority is distinct from ons_code
                then {'rule_code': '1015', 'field': 'PLACE_PROVIDER', 'source': 'placement'} end,
            case when place = 'K3' and urn is not null
                and placement_authority is distinct from ons_code
                then {'rule_code': '241', 'field': 'URN', 'source': 'placement'} end,
            case when rec = 'X1' and reason_place_change is null
                and not starts_with(coalesce(place, ''), 'T') and next_rne in ('P', 'B', 'T', 'U')
                and not starts_with(coalesce(next_place, ''), 'T')
                then {'rule_code': '225', 'field': 'REASON_PLACE_CHANGE',
                'source': 'placement'} end,
            case when starts_with(place, 'T')
                and (reason_place_change is not null or previous_reason_place_change is not null)
                then {'rule_code': '226', 'field': 'REASON_PLACE_CHANGE',
                'source': 'placement'} end,
            case when decom < dob and previous_decom is null
                then {'rule_code': '302', 'field': 'DECOM', 'source': 'period_of_care'} end,
            case when rne = 'S' and dob + interval '18' year <= decom
                then {'rule_code': '352', 'field': 'DECOM', 'source': 'period_of_care'} end,
            case when dec < decom then {'rule_code': '356', 'field': 'DEC',
                'source': 'placement'} end,
            case when dec = decom then {'rule_code': '355', 'field': 'DEC',
                'source': 'placement'} end,
            case when previous_decom is null and decom >= starts_on and rne <> 'S'
                then {'rule_code': '357', 'field': 'RNE', 'source': 'period_of_care'} end,
            case when ls in ('J1', 'J2', 'J3') and dob + interval '10' year >= decom
                then {'rule_code': '358', 'field': 'LS', 'source': 'legal_status'} end,
            case when dec is null and dob + interval '18' year < ends_on
                and not coalesce(ls = 'V2' and place = 'K2', false)
                then {'rule_code': '359', 'field': 'DEC', 'source': 'period_of_care'} end,
            case when ls = 'V3' and coalesce(dec, ends_on) > decom + interval '17' day
                then {'rule_code': '365', 'field': 'DEC', 'source': 'period_of_care'} end,
            case when ls = 'V3' and rne <> 'S'
                then {'rule_code': '366', 'field': 'RNE', 'source': 'placement'} end,
            case when place = 'K3' and dob + interval '16' year > decom
                then {'rule_code': '371', 'field': 'PLACE', 'source': 'placement'} end,
            case when place = 'R5' and dob + interval '10' year > decom
                then {'rule_code': '372', 'field': 'PLACE', 'source': 'placement'} end,
            case when place = 'S1' and dob + interval '4' year > decom
                then {'rule_code': '373', 'field': 'PLACE', 'source': 'placement'} end,
            case when place = 'P3' and dob + interval '14' year > decom
                then {'rule_code': '374', 'field': 'PLACE', 'source': 'placement'} end,
            case when place = 'T1' and dec > decom + interval '42' day
                then {'rule_code': '375', 'field': 'PLACE', 'source': 'placement'} end,
            case when place = 'T3' and dec > decom + interval '21' day
                then {'rule_code': '376', 'field': 'PLACE', 'source': 'placement'} end,
            case when place = 'P1' and ls = 'V2'
                then {'rule_code': '378', 'field': 'PLACE', 'source': 'placement'} end,
            case when place = 'T4' and dec > decom + interval '7' day
                then {'rule_code': '379', 'field': 'PLACE', 'source': 'placement'} end,
            case when starts_with(place, 'T') and rne not in ('P', 'B')
                then {'rule_code': '380', 'field': 'PLACE', 'source': 'placement'} end,
            case when starts_with(place, 'T') and rec is not null and rec <> 'X1'
                then {'rule_code': '381', 'field': 'PLACE', 'source': 'placement'} end,
            case when is_short_break and starts_with(place, 'T')
                then {'rule_code': '382', 'field': 'PLACE', 'source': 'placement'} end,
            case when starts_with(previous_place, 'T') and decom_before_that is not null
                and (rne <> 'P' or place is distinct from place_before_that
                or pl_post is distinct from pl_post_before_that)
                then {'rule_code': '383', 'field': 'PLACE', 'source': 'placement'} end,
            case when is_short_break and place in ('U1', 'U4')
                then {'rule_code': '384', 'field': 'PLACE', 'source': 'placement'} end,
            case when rec in ('E11', 'E12') and dob + interval '18' year <= dec
                then {'rule_code': '386', 'field': 'REC', 'source': 'placement'} end,
            case when rec in ('E5', 'E6') and dec is not null
                and (dob is null or dob + interval '14' year > dec)
                then {'rule_code': '387', 'field': 'REC', 'source': 'placement'} end,
            case when (rec = 'X1' and dec is not null and next_decom is distinct from dec)
                or (rec <> 'X1' and dec = next_decom)
                then {'rule_code': '388', 'field': 'REC', 'source': 'placement'} end,
            case when rec = 'E7' and (dob is null or dec is null or dob + interval '16' year > dec)
                then {'rule_code': '389', 'field': 'REC', 'source': 'placement'} end,
            case when rec in ('E11', 'E12') and coalesce(place, '') not in ('A3', 'A4', 'A5', 'A6')
                then {'rule_code': '390', 'field': 'REC', 'source': 'placement'} end,
            case when rec in ('E45', 'E46', 'E47', 'E48') and dob + interval '18' year < dec
                then {'rule_code': '407', 'field': 'REC', 'source': 'placement'} end,
            case when place in ('A5', 'A6') and ls is distinct from 'E1'
                then {'rule_code': '408', 'field': 'LS', 'source': 'legal_status'} end,
            case when place in ('A3', 'A5') and rne not in ('S', 'T', 'U')
                then {'rule_code': '217', 'field': 'RNE', 'source': 'placement'} end,
            case when place in ('A3', 'A4') and previous_decom is not null
                and coalesce(previous_place, '') not
                in ('A3', 'A4', 'A5', 'A6', 'U1', 'U2', 'U3', 'U4', 'U5', 'U6')
                then {'rule_code': '336', 'field': 'PLACE', 'source': 'placement'} end,
            case when rne = 'S' and decom <= previous_dec
                then {'rule_code': '431', 'field': 'RNE', 'source': 'period_of_care'} end,
            case when previous_rec <> 'X1' and rne <> 'S'
                then {'rule_code': '432', 'field': 'RNE', 'source': 'placement'} end,
            case when previous_decom is not null and rne <> 'S'
                and previous_dec is distinct from decom
                then {'rule_code': '433', 'field': 'DECOM', 'source': 'placement'} end,
            case when rec in ('E2', 'E15') and next_decom is not null
                then {'rule_code': '437', 'field': 'REC', 'source': 'placement'} end,
            case when rec = 'E17' and dob + interval '18' year > dec
                then {'rule_code': '460', 'field': 'REC', 'source': 'placement'} end,
            case when decom < previous_dec
                then {'rule_code': '501', 'field': 'DECOM', 'source': 'placement'} end,
            case when previous_rec = 'X1' and previous_dec = decom
                and cin is distinct from previous_cin
                then {'rule_code': '504', 'field': 'CIN', 'source': 'placement'} end,
            case when rec in ('E45', 'E46')
                and coalesce(place, '') not in ('U1', 'U2', 'U3', 'U4', 'U5', 'U6')
                then {'rule_code': '516', 'field': 'REC', 'source': 'placement'} end,
            case when placement_distance > 350
                then {'rule_code': '454', 'field': 'PL_POST', 'source': 'carer'} end,
            case when dec > ends_on then {'rule_code': '385', 'field': 'DEC',
                'source': 'placement'} end,
            case when decom > ends_on
                then {'rule_code': '354', 'field': 'DECOM', 'source': 'placement'} end,
            case when decom < date '1991-10-14'
                then {'rule_code': '353', 'field': 'DECOM', 'source': 'placement'} end,
            case when ls = 'E1' and decom < date '2005-12-01'
                then {'rule_code': '446', 'field': 'LS', 'source': 'legal_status'} end
        ], lambda rule: rule is not null)) as rule
    from int_ssda903_episode_checks
),

named as (
    select
        collection_year, person_id, rule.rule_code as rule_code, rule.field as field,
        case rule.source
            when 'legal_status' then 'dm_legal_statuses'
            when 'period_of_care' then 'dm_periods_of_care'
            when 'carer' then 'dm_placement_carer_addresses'
            else 'dm_placements'
        end as source_table,
        cast(case rule.source
            when 'legal_status' then legal_status_id
            when 'period_of_care' then period_of_care_id
            when 'carer' then coalesce(carer_id, placement_id)
            else placement_id
        end as varchar) as source_key
    from found
)

select collection_year, rule_code, person_id, source_table, source_key, min(field) as field,
    count(*) as rows_affected
from named
group by collection_year, rule_code, person_id, source_table, source_key
