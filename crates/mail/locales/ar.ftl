somebody = شخص ما
greeting = السلام عليكم { $name }،
greeting-nameless = السلام عليكم،
footer = أُرسلت هذه الرسالة من { $installation }.
note-by = رسالة من { $person }:

role-owner = مالك
role-moderator = مشرف
role-leader = قائد
roles-comma = { "، " }

invitation-subject = دعوة من { $person } إلى { $group }
invitation-text = وصلتك دعوة من { $person } للانضمام إلى المجموعة { $group }.
invitation-roles = دورك في المجموعة: { $roles }.
invitation-until = الدعوة صالحة حتى { $date } (بالتوقيت العالمي).
invitation-button = عرض الدعوة
invitation-ignore = إن لم ترغب في الانضمام فلا حاجة إلى أي إجراء.
invitation-stop = إيقاف الدعوات

reminder-subject = تنتهي دعوتك إلى { $group } في { $date }
reminder-text = سبق أن وصلتك دعوة من { $person } للانضمام إلى المجموعة { $group }، وجوابك ما زال منتظرًا.

accepted-subject = قبول دعوتك إلى { $group } من { $person }
accepted-text = قُبلت دعوتك إلى المجموعة { $group } من { $person }.

request-subject = طلب انضمام إلى { $group } من { $person }
request-text = وصل طلب انضمام إلى مجموعتك { $group } من { $person }.
request-next = يمكنك أنت ومن يدير المجموعة معك قبول الطلب أو رفضه.

approved-subject = عضويتك في { $group } بدأت الآن
approved-text = عضويتك في المجموعة { $group } بدأت الآن.

ownership-subject = عرض لنقل ملكية { $group } إليك من { $person }
ownership-text = وصلك عرض من { $person } لنقل ملكية المجموعة { $group } إليك. عند القبول تصبح الملكية لك.
ownership-until = العرض صالح حتى { $date } (بالتوقيت العالمي).

sign-in-subject = الانضمام إلى { $group } بحسابك
sign-in-text = هناك من يريد قبول دعوة إلى المجموعة { $group } بحسابك. إن كان ذلك منك فافتح هذه الصفحة:
sign-in-until = { $minutes ->
    [zero] لم تعد الصفحة صالحة.
    [one] الصفحة صالحة لمدة دقيقة واحدة.
    [two] الصفحة صالحة لمدة دقيقتين.
    [few] الصفحة صالحة لمدة { $minutes } دقائق.
    [many] الصفحة صالحة لمدة { $minutes } دقيقة.
   *[other] الصفحة صالحة لمدة { $minutes } دقيقة.
 }
sign-in-button = متابعة
sign-in-ignore = إن لم يكن ذلك منك فلا حاجة إلى أي إجراء: لن يحدث شيء من دونك.

server-invitation-subject = { $person } يدعوك إلى { $installation }
server-invitation-text = { $person } يدعوك إلى فتح حساب لدى { $installation }.
server-invitation-ignore = إن لم ترغب في حساب فلا حاجة إلى أي إجراء.
