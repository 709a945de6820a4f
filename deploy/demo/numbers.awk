# Numbers of the trade with their check digits: identity (GB 11643), bank card (Luhn), credit code (GB 32100).
# None belongs to anybody. Alone it prints one: awk -f numbers.awk -v identity_of="630102 1979 5 12 13"

function identity(area, year, month, day, sequence,   body, sum, i, weights) {
  split("7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", weights, " ")
  body = sprintf("%06d%04d%02d%02d%03d", area, year, month, day, sequence)
  for (i = 1; i <= 17; i++) sum += substr(body, i, 1) * weights[i]
  return body substr("10X98765432", sum % 11 + 1, 1)
}

function card(serial,   body, sum, i, digit) {
  body = sprintf("622588%012d", serial)
  for (i = 18; i >= 1; i--) {
    digit = substr(body, i, 1)
    if ((18 - i) % 2 == 0) { digit *= 2; if (digit > 9) digit -= 9 }
    sum += digit
  }
  return body (10 - sum % 10) % 10
}

function credit_code(body,   alphabet, weights, sum, i) {
  alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
  split("1 3 9 27 19 26 16 17 20 29 25 13 8 24 10 30 28", weights, " ")
  for (i = 1; i <= 17; i++) sum += (index(alphabet, substr(body, i, 1)) - 1) * weights[i]
  return body substr(alphabet, (31 - sum % 31) % 31 + 1, 1)
}

BEGIN {
  if (identity_of != "") { split(identity_of, p, " "); print identity(p[1], p[2], p[3], p[4], p[5]) }
  if (code_of != "") print credit_code(code_of)
  if (card_of != "") print card(card_of)
}
