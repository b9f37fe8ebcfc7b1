somebody = کوئی شخص
role-owner = مالک
role-moderator = منتظم
role-leader = رہنما

open-title = { $person } کی طرف سے { $group } میں شمولیت کی دعوت
open-roles = گروپ میں آپ کا کردار: { $roles }۔
open-until = { $date } (UTC) تک قابلِ قبول ہے۔
note-by = { $person } کا پیغام:
about = گروپ کے بارے میں
accept = قبول کریں
accept-as = { $name } کے طور پر قبول کریں
decline = انکار کریں

enrol-title = قبول کریں اور اکاؤنٹ بنائیں
enrol-text = اس پاس ورڈ اور اُس پتے سے جس پر یہ دعوت بھیجی گئی، آپ بعد میں لاگ اِن کر سکیں گے۔
enrol-button = قبول کریں اور شامل ہوں
name-label = آپ کا نام
password-label = پاس ورڈ منتخب کریں
password-hint = کم از کم 10 حروف۔

other-title = میرا اکاؤنٹ کسی اور پتے سے ہے
other-text = اُس اکاؤنٹ کا پتہ لکھیں۔ وہاں ایک ای میل بھیجی جائے گی جس کے لنک سے آپ اُس اکاؤنٹ کے ذریعے دعوت قبول کر سکیں گے۔
other-label = اکاؤنٹ کا ای میل پتہ
other-button = لنک بھیجیں
other-sent-title = اپنی ای میل دیکھیں
other-sent-text = اگر اس پتے کا کوئی اکاؤنٹ ہے تو لنک والی ای میل بھیجی جا رہی ہے۔ لنک آدھے گھنٹے تک کام کرے گا۔

never-title = مزید دعوتیں نہیں
never-text = کسی کو نہیں بتایا جائے گا۔ آپ یہاں سے اسے واپس لے سکتے ہیں۔
never-group = { $group } سے مزید نہیں
never-person = { $person } سے مزید نہیں
never-everyone = کسی سے بھی مزید نہیں
refusing-title = اب آپ کو ایسی دعوتیں نہیں ملیں گی
refusing-text = آپ نے آئندہ دعوتوں سے انکار کیا ہے۔ کسی کو نہیں بتایا گیا۔
allow = دوبارہ اجازت دیں

member-title = آپ { $group } کے رکن ہیں
member-text = خوش آمدید! آپ کو مزید کچھ کرنے کی ضرورت نہیں۔
waiting-title = آپ { $group } کی انتظار کی فہرست میں ہیں
waiting-text = اس وقت جگہ نہیں ہے۔ جگہ ہوتے ہی آپ رکن بن جائیں گے اور آپ کو ای میل ملے گی۔
declined-title = آپ نے دعوت سے انکار کر دیا ہے
declined-text = اگر آپ کا ارادہ بدل جائے تو { $person } سے دوبارہ دعوت بھیجنے کو کہیں۔
expired-title = اس دعوت کی مدت ختم ہو چکی ہے
expired-text = { $person } سے دوبارہ دعوت بھیجنے کو کہیں۔
revoked-title = یہ دعوت واپس لے لی گئی ہے
revoked-text = اگر آپ کے خیال میں یہ غلطی ہے تو { $person } سے پوچھیں۔
used-title = یہ دعوت پہلے ہی استعمال ہو چکی ہے
used-text = اگر آپ دوبارہ شامل ہونا چاہیں تو { $person } سے دعوت بھیجنے کو کہیں۔
closed-title = { $group } اس وقت کسی کو شامل نہیں کر رہا
closed-text = { $person } سے پوچھیں، یا بعد میں دوبارہ کوشش کریں۔
full-title = { $group } اور اس کی انتظار کی فہرست بھر چکی ہے
full-text = { $person } سے پوچھیں، یا بعد میں دوبارہ کوشش کریں۔
mismatch-title = یہ دعوت کسی اور پتے کے لیے ہے
mismatch-text = گروپ صرف اُسی اکاؤنٹ کو شامل کرتا ہے جس کے پتے پر دعوت بھیجی گئی۔
stale-title = یہ لنک صرف آدھے گھنٹے تک کام کرتا ہے
stale-text = پہلی ای میل دوبارہ کھولیں اور وہاں سے نیا لنک منگوائیں۔
wrong-title = ایسی کوئی دعوت نہیں ہے
wrong-text = شاید پتہ نامکمل ہے۔ ای میل کا لنک ایک بار پھر کھولیں۔
busy-title = یہ نہیں ہو سکا
busy-text = براہِ کرم تھوڑی دیر بعد دوبارہ کوشش کریں۔
often-title = فی الحال اتنا کافی ہے
often-text = دوسرا لنک منگوانے سے پہلے ایک گھنٹہ انتظار کریں۔

error-title = براہِ کرم اسے دوبارہ دیکھیں
error-name = اپنا نام لکھیں: 1 سے 120 حروف۔
error-password = کم از کم 10 حروف کا پاس ورڈ منتخب کریں۔
error-address = ای میل پتہ لکھیں، مثلاً name@example.org۔

back = دعوت پر واپس جائیں
languages = زبان
unsubscribed = اب آپ کو دعوتیں نہیں ملیں گی۔
