"""What Indians write, and how it is said: the table of the text front end for English text.

Signs, markup and characters have their table in ``test_cleaning.py``.
"""

import pytest

from pipeline.speech.cleaning import clean
from pipeline.speech.measures import ordinal

MONEY = [
    ("₹100", "100 rupees"),
    ("₹ 100", "100 rupees"),
    ("₹1,000", "1000 rupees"),
    ("₹99,999", "99999 rupees"),
    ("₹1,00,000", "1 lakh rupees"),
    ("₹12,34,567", "12 lakh 34 thousand 567 rupees"),
    ("₹1,23,45,678.90", "1 crore 23 lakh 45 thousand 678 rupees 90 paise"),
    ("Rs.250", "250 rupees"),
    ("Rs 2,50,000/-", "2 lakh 50 thousand rupees"),
    ("INR 500", "500 rupees"),
    ("₹50k", "50 thousand rupees"),
    ("₹3 lacs", "3 lakh rupees"),
    ("₹7.5 cr", "7.5 crore rupees"),
    ("₹500/kg", "500 rupees per kilogram"),
    ("Rs 50/month", "50 rupees per month"),
    ("$100", "100 dollars"),
    ("$1", "1 dollar"),
    ("US$5 million", "5 million dollars"),
    ("€20 and £30", "20 euros and 30 pounds"),
    ("15,00,000 voters", "15 lakh voters"),
    ("1,00,00,00,000 people", "100 crore people"),
    ("12.5% GST", "12.5 percent G S T"),
    ("up by 7 %", "up by 7 percent"),
]
DATES = [
    ("15/08/1947", "15 August 1947"),
    ("26-01-1950", "26 January 1950"),
    ("2.10.1869", "2 October 1869"),
    ("1/4/24", "1 April 2024"),
    ("5/6/98", "5 June 1998"),
    ("2024-08-15", "15 August 2024"),
    ("on 15/08/2024, at noon", "on 15 August 2024, at noon"),
    ("It was 15/08/2024.", "It was 15 August 2024."),
    ("32/13/2024", "32/13/2024"),
    ("30/02/2024", "30/02/2024"),
    ("29/02/2024", "29 February 2024"),
    ("15 Aug 2024", "15 August 2024"),
    ("15-Aug-2024", "15 August 2024"),
    ("15 Aug, 2024", "15 August 2024"),
    ("3rd Feb", "third February"),
    ("5 jan", "5 January"),
    ("Aug 15", "August 15"),
    ("Sept. 5", "September 5"),
    ("Mon, 3 Feb", "Monday 3 February"),
    ("Sun. 12 Oct", "Sunday 12 October"),
    ("I sat 5 minutes", "I sat 5 minutes"),
    ("the sun 5 times", "the sun 5 times"),
    ("may 5 come", "may 5 come"),
    ("2020-21", "2020 to 21"),
    ("version 1.2.3", "version 1.2.3"),
    ("1/2 cup", "1/2 cup"),
]
TIMES = [
    ("9:30 am", "9 30 A M"),
    ("9:30AM", "9 30 A M"),
    ("9.30 pm", "9 30 P M"),
    ("5:05 pm", "5 oh 5 P M"),
    ("10:00", "10 o'clock"),
    ("10:00 am", "10 A M"),
    ("17:05", "17 oh 5"),
    ("19:00", "19 hours"),
    ("00:30", "0 30"),
    ("23:59:59", "23 59"),
    ("25:00", "25:00"),
    ("6pm", "6 P M"),
    ("6 p.m. sharp", "6 P M sharp"),
    ("at 6 p.m. We go", "at 6 P M. We go"),
    ("ends at 5 p.m.", "ends at 5 P M."),
    ("9am-5pm", "9 A M to 5 P M"),
    ("9-5 pm", "9 to 5 P M"),
    ("ratio 3:2", "ratio 3:2"),
    ("24x7", "24 7"),
    ("24/7", "24 7"),
]
NUMBERS_TO_CALL = [
    ("98765 43210", "9 8 7 6 5, 4 3 2 1 0"),
    ("98765-43210", "9 8 7 6 5, 4 3 2 1 0"),
    ("9876543210", "9 8 7 6 5, 4 3 2 1 0"),
    ("09876543210", "9 8 7 6 5, 4 3 2 1 0"),
    ("+919876543210", "plus 91, 9 8 7 6 5, 4 3 2 1 0"),
    ("+91-98765-43210", "plus 91, 9 8 7 6 5, 4 3 2 1 0"),
    ("+44 20 7946 0958", "plus 4 4, 2 0, 7 9 4 6, 0 9 5 8"),
    ("1800-123-4567", "1 8 0 0, 1 2 3, 4 5 6 7"),
    ("1800 425 3800", "1 8 0 0, 4 2 5, 3 8 0 0"),
    ("011-23456789", "0 1 1, 2 3 4 5 6 7 8 9"),
    ("0712-2534567", "0 7 1 2, 2 5 3 4 5 6 7"),
    ("OTP is 482913", "O T P is 4 8 2 9 1 3"),
    ("OTP: 4829", "O T P: 4 8 2 9"),
    ("PIN code 560001", "PIN code 5 6 0 0 0 1"),
    ("pincode - 440001", "pincode - 4 4 0 0 0 1"),
    ("PNR 8412345678", "P N R 8 4 1 2 3 4 5 6 7 8"),
    ("1234 5678 9012", "1 2 3 4, 5 6 7 8, 9 0 1 2"),
    ("account no. 123456789012", "account number 1 2 3 4 5 6 7 8 9 0 1 2"),
    ("account 500 rupees", "account 500 rupees"),
    ("12345678901234", "1 2 3 4 5 6 7 8 9 0 1 2 3 4"),
    ("123456", "123456"),
]
ADDRESSES = [
    ("https://example.com/a?b=c", "link"),
    ("http://a.b", "link"),
    ("Visit www.example.com.", "Visit link"),
    ("example.com", "example dot com"),
    ("see bolti.co.in/abc now", "see bolti dot co dot in now"),
    ("gov.in", "gov dot in"),
    ("ravi.k@example.co.in", "ravi dot k at example dot co dot in"),
    ("#MakeInIndia", "Make In India"),
    ("#diwali_2024", "diwali 2024"),
    ("#5", "number 5"),
    ("@ravi_k", "ravi k"),
]
ORDINALS_AND_UNITS = [
    ("1st", "first"),
    ("2nd and 3rd", "second and third"),
    ("11th, 12th, 13th", "eleventh, twelfth, thirteenth"),
    ("21st", "twenty first"),
    ("40th", "fortieth"),
    ("100th", "1 hundredth"),
    ("105th", "1 hundred and fifth"),
    ("1 km", "1 kilometre"),
    ("5 km", "5 kilometres"),
    ("5km", "5 kilometres"),
    ("60 km/h", "60 kilometres per hour"),
    ("80 kmph", "80 kilometres per hour"),
    ("2.5 kg", "2.5 kilograms"),
    ("250 g", "250 grams"),
    ("500 ml", "500 millilitres"),
    ("2 L", "2 litres"),
    ("6 ft", "6 feet"),
    ("5'6\" tall", "5 foot 6 tall"),
    ("1200 sq ft", "1200 square feet"),
    ("1200 sq. ft., new", "1200 square feet, new"),
    ("5 m²", "5 square metres"),
    ("8 GB RAM", "8 gigabytes RAM"),
    ("5000 mAh", "5000 milliampere hours"),
    ("40°C", "40 degrees Celsius"),
    ("-5 °C", "minus 5 degrees Celsius"),
    ("2 hrs 30 mins", "2 hours 30 minutes"),
    ("5 kg. of rice", "5 kilograms of rice"),
    ("It is 5 km. We go.", "It is 5 kilometres. We go."),
    ("5G", "5 G"),
    ("4K video", "4 K video"),
    ("10K followers", "10 thousand followers"),
    ("10-15 people", "10 to 15 people"),
    ("9 – 5", "9 to 5"),
    ("5 + 3 = 8", "5 plus 3 equals 8"),
    ("100+ shops", "100 plus shops"),
    ("4x4", "4 by 4"),
    ("−3 and -3", "minus 3 and minus 3"),
    ("well-known", "well-known"),
    ("COVID-19", "COVID-19"),
]
ABBREVIATIONS = [
    ("Dr. Rao", "Doctor Rao"),
    ("Dr Rao", "Doctor Rao"),
    ("Mr. and Mrs. Singh", "Mister and Missus Singh"),
    ("Smt. Devi", "Shrimati Devi"),
    ("Shri Modi", "Shri Modi"),
    ("Prof. Sen", "Professor Sen"),
    ("Pt. Nehru", "Pandit Nehru"),
    ("Hon'ble Minister", "Honourable Minister"),
    ("rice, dal etc. and more", "rice, dal etcetera and more"),
    ("rice, dal etc. They left", "rice, dal etcetera. They left"),
    ("rice, dal etc.", "rice, dal etcetera."),
    ("India vs. Pakistan", "India versus Pakistan"),
    ("e.g. this", "for example this"),
    ("i.e. that", "that is that"),
    ("Govt. of India", "Government of India"),
    ("ABC Pvt. Ltd. is here", "ABC Private Limited is here"),
    ("approx. 5", "approximately 5"),
    ("No. 5", "number 5"),
    ("He said no. Then left", "He said no. Then left"),
    ("Ph.D. in physics", "P H D in physics"),
    ("B.Tech", "B Tech"),
    ("A. P. J. Abdul Kalam", "A P J Abdul Kalam"),
    ("U.S.A. today", "U S A today"),
    ("Pay by UPI", "Pay by U P I"),
    ("GST and PDF", "G S T and P D F"),
    ("the CEO met MLAs", "the C E O met M L A's"),
    ("ISRO and NASA", "ISRO and NASA"),
    ("I am VERY happy", "I am VERY happy"),
    ("WHO said SO", "WHO said SO"),
    ("PLEASE PAY BY UPI NOW", "PLEASE PAY BY UPI NOW"),
    ("Hmm, HMM", "Hmm, HMM"),
]
PAUSES = [
    ("One [pause 1s] two", "One [pause 1s] two"),
    ("One[pause]two", "One [pause 1s] two"),
    ("One [PAUSE 0.5 sec] two", "One [pause 0.5s] two"),
    ("One [pause 500ms] two", "One [pause 0.5s] two"),
    ("One [pause 99s] two", "One [pause 10s] two"),
    ("[paused] [pause x]", "paused pause x"),
]
INDIC = [
    ("आज 15/08/2024 है", "आज 15/08/2024 है"),
    ("₹500 दो", "500 रुपये दो"),
    ("मुझे 98765 43210 पर call करो", "मुझे 9 8 7 6 5, 4 3 2 1 0 पर call करो"),
]
TABLE = [
    *(MONEY + DATES + TIMES + NUMBERS_TO_CALL + ADDRESSES),
    *(ORDINALS_AND_UNITS + ABBREVIATIONS + PAUSES + INDIC),
]


@pytest.mark.parametrize(("written", "said"), TABLE)
def test_what_is_written_is_said_as_people_say_it(written: str, said: str) -> None:
    assert clean(written) == said


@pytest.mark.parametrize(("written", "said"), TABLE)
def test_saying_it_twice_changes_nothing(written: str, said: str) -> None:
    assert clean(said) == said


def test_the_table_is_as_long_as_promised() -> None:
    assert len({written for written, _ in TABLE}) >= 150


@pytest.mark.parametrize(
    ("number", "said"), [(0, "zeroth"), (99, "ninety ninth"), (300, "3 hundredth")]
)
def test_ordinals_are_words(number: int, said: str) -> None:
    assert ordinal(number) == said
