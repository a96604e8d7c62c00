-- What standard SQL cannot say, or says badly: one macro each, so that another engine needs only this file again.

-- Modulus 11 of a ten-digit NHS number, without the trace service's two sentinels (NHS Data Dictionary, NHS NUMBER).
create macro is_nhs_number(number) as
    coalesce(regexp_full_match(number, '[0-9]{10}'), false)
    and number not in ('0000000000', '9999999999')
    and (11 - (substr(number, 1, 1)::integer * 10 + substr(number, 2, 1)::integer * 9 + substr(number, 3, 1)::integer * 8
             + substr(number, 4, 1)::integer * 7 + substr(number, 5, 1)::integer * 6 + substr(number, 6, 1)::integer * 5
             + substr(number, 7, 1)::integer * 4 + substr(number, 8, 1)::integer * 3 + substr(number, 9, 1)::integer * 2) % 11) % 11
        = substr(number, 10, 1)::integer;
