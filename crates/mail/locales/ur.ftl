somebody = کوئی شخص
greeting = السلام علیکم { $name }،
greeting-nameless = السلام علیکم،
footer = یہ ای میل { $installation } کی طرف سے بھیجی گئی ہے۔
note-by = { $person } کا پیغام:

role-owner = مالک
role-moderator = منتظم
role-leader = رہنما
roles-comma = { "، " }

invitation-subject = { $person } کی طرف سے { $group } میں شمولیت کی دعوت
invitation-text = آپ کو { $person } کی طرف سے گروپ { $group } میں شامل ہونے کی دعوت ملی ہے۔
invitation-roles = گروپ میں آپ کا کردار: { $roles }۔
invitation-until = یہ دعوت { $date } (UTC) تک قابلِ قبول ہے۔
invitation-button = دعوت دیکھیں
invitation-ignore = اگر آپ شامل نہیں ہونا چاہتے تو آپ کو کچھ کرنے کی ضرورت نہیں۔
invitation-stop = مزید دعوتیں نہ بھیجیں

reminder-subject = { $group } کے لیے آپ کی دعوت { $date } کو ختم ہو رہی ہے
reminder-text = آپ کو { $person } کی طرف سے گروپ { $group } میں شامل ہونے کی دعوت مل چکی ہے، اور آپ کے جواب کا انتظار ہے۔

accepted-subject = { $person } نے { $group } کے لیے آپ کی دعوت قبول کر لی
accepted-text = { $person } نے گروپ { $group } میں شامل ہونے کی آپ کی دعوت قبول کر لی ہے۔

request-subject = { $person } کی طرف سے { $group } میں شمولیت کی درخواست
request-text = آپ کے گروپ { $group } میں شامل ہونے کے لیے { $person } کی طرف سے درخواست آئی ہے۔
request-next = آپ اور گروپ چلانے والے دوسرے افراد اس درخواست کو منظور یا مسترد کر سکتے ہیں۔

approved-subject = اب آپ { $group } کے رکن ہیں
approved-text = اب آپ گروپ { $group } کے رکن ہیں۔

ownership-subject = { $person } کی طرف سے { $group } آپ کے سپرد کرنے کی پیشکش
ownership-text = آپ کو { $person } کی طرف سے گروپ { $group } کی ملکیت سنبھالنے کی پیشکش ملی ہے۔ قبول کرنے پر آپ اس کے مالک ہوں گے۔
ownership-until = یہ پیشکش { $date } (UTC) تک قابلِ قبول ہے۔

sign-in-subject = اپنے اکاؤنٹ سے { $group } میں شامل ہوں
sign-in-text = کوئی شخص آپ کے اکاؤنٹ سے گروپ { $group } کی دعوت قبول کرنا چاہتا ہے۔ اگر یہ آپ ہیں تو یہ صفحہ کھولیں:
sign-in-until = { $minutes ->
    [one] یہ صفحہ { $minutes } منٹ تک استعمال ہو سکتا ہے۔
   *[other] یہ صفحہ { $minutes } منٹ تک استعمال ہو سکتا ہے۔
 }
sign-in-button = جاری رکھیں
sign-in-ignore = اگر یہ آپ نہیں تھے تو آپ کو کچھ کرنے کی ضرورت نہیں: آپ کے بغیر کچھ نہیں ہوگا۔

server-invitation-subject = { $person } آپ کو { $installation } میں مدعو کرتے ہیں
server-invitation-text = { $person } آپ کو { $installation } میں اکاؤنٹ کھولنے کی دعوت دیتے ہیں۔
server-invitation-ignore = اگر آپ اکاؤنٹ نہیں چاہتے تو آپ کو کچھ کرنے کی ضرورت نہیں۔
