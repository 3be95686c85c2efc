// The names Slack users type most. An unknown :name: stays as typed.

const TABLE = `
smile 😄|smiley 😃|grinning 😀|grin 😁|laughing 😆|satisfied 😆|sweat_smile 😅|joy 😂|rofl 🤣|rolling_on_the_floor_laughing 🤣
blush 😊|innocent 😇|slightly_smiling_face 🙂|upside_down_face 🙃|wink 😉|relieved 😌|heart_eyes 😍|star-struck 🤩|kissing_heart 😘
yum 😋|stuck_out_tongue 😛|stuck_out_tongue_winking_eye 😜|zany_face 🤪|thinking_face 🤔|thinking 🤔|zipper_mouth_face 🤐|neutral_face 😐
expressionless 😑|no_mouth 😶|smirk 😏|unamused 😒|face_with_rolling_eyes 🙄|grimacing 😬|pensive 😔|sleepy 😪|sleeping 😴|mask 😷
face_with_thermometer 🤒|nauseated_face 🤢|sneezing_face 🤧|hot_face 🥵|cold_face 🥶|dizzy_face 😵|exploding_head 🤯|face_with_cowboy_hat 🤠
partying_face 🥳|sunglasses 😎|nerd_face 🤓|confused 😕|worried 😟|slightly_frowning_face 🙁|open_mouth 😮|hushed 😯|astonished 😲|flushed 😳
pleading_face 🥺|frowning 😦|anguished 😧|fearful 😨|cold_sweat 😰|cry 😢|sob 😭|scream 😱|confounded 😖|persevere 😣|disappointed 😞|sweat 😓
weary 😩|tired_face 😫|yawning_face 🥱|triumph 😤|rage 😡|angry 😠|skull 💀|hankey 💩|poop 💩|clown_face 🤡|ghost 👻|alien 👽|robot_face 🤖|robot 🤖
heart ❤️|orange_heart 🧡|yellow_heart 💛|green_heart 💚|blue_heart 💙|purple_heart 💜|black_heart 🖤|white_heart 🤍|broken_heart 💔|sparkling_heart 💖
100 💯|anger 💢|boom 💥|collision 💥|dizzy 💫|sweat_drops 💦|dash 💨|hole 🕳️|bomb 💣|speech_balloon 💬|thought_balloon 💭|zzz 💤
wave 👋|raised_hand ✋|hand ✋|raised_hands 🙌|clap 👏|ok_hand 👌|v ✌️|crossed_fingers 🤞|pinched_fingers 🤌|point_left 👈|point_right 👉|point_up ☝️|point_up_2 👆|point_down 👇
+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|fist ✊|facepunch 👊|handshake 🤝|pray 🙏|writing_hand ✍️|muscle 💪|eyes 👀|eye 👁️|brain 🧠|ear 👂
baby 👶|person_shrugging 🤷|shrug 🤷|face_palm 🤦|facepalm 🤦|bow 🙇|cop 👮|construction_worker 👷|detective 🕵️|technologist 🧑‍💻|firefighter 🧑‍🚒|astronaut 🧑‍🚀|mechanic 🧑‍🔧
runner 🏃|running 🏃|walking 🚶|dancer 💃|people_holding_hands 🧑‍🤝‍🧑|busts_in_silhouette 👥|bust_in_silhouette 👤|footprints 👣
dog 🐶|cat 🐱|mouse 🐭|fox_face 🦊|bear 🐻|panda_face 🐼|tiger 🐯|lion_face 🦁|cow 🐮|pig 🐷|frog 🐸|monkey_face 🐵|see_no_evil 🙈|hear_no_evil 🙉|speak_no_evil 🙊
chicken 🐔|penguin 🐧|bird 🐦|canary 🐤|baby_chick 🐤|eagle 🦅|owl 🦉|wolf 🐺|unicorn_face 🦄|horse 🐴|bee 🐝|bug 🐛|butterfly 🦋|snail 🐌|ant 🐜|turtle 🐢|snake 🐍|dragon 🐉
octopus 🐙|crab 🦀|whale 🐳|dolphin 🐬|fish 🐟|shark 🦈|elephant 🐘|camel 🐫|sloth 🦥|otter 🦦|hedgehog 🦔|cactus 🌵|evergreen_tree 🌲|deciduous_tree 🌳|palm_tree 🌴|seedling 🌱
herb 🌿|four_leaf_clover 🍀|maple_leaf 🍁|fallen_leaf 🍂|mushroom 🍄|tulip 🌷|rose 🌹|sunflower 🌻|cherry_blossom 🌸|bouquet 💐
apple 🍎|banana 🍌|lemon 🍋|watermelon 🍉|grapes 🍇|strawberry 🍓|peach 🍑|cherries 🍒|avocado 🥑|hot_pepper 🌶️|bread 🍞|cheese_wedge 🧀|egg 🥚|pizza 🍕|hamburger 🍔|fries 🍟
taco 🌮|sushi 🍣|cookie 🍪|doughnut 🍩|cake 🍰|birthday 🎂|chocolate_bar 🍫|popcorn 🍿|coffee ☕|tea 🍵|beer 🍺|beers 🍻|wine_glass 🍷|champagne 🍾|cocktail 🍸
soccer ⚽|basketball 🏀|football 🏈|tennis 🎾|8ball 🎱|dart 🎯|bowling 🎳|video_game 🎮|game_die 🎲|jigsaw 🧩|trophy 🏆|first_place_medal 🥇|second_place_medal 🥈|third_place_medal 🥉|medal 🏅|sports_medal 🏅
art 🎨|guitar 🎸|musical_note 🎵|notes 🎶|microphone 🎤|headphones 🎧|clapper 🎬|ticket 🎫
rocket 🚀|airplane ✈️|helicopter 🚁|train 🚋|train2 🚆|bullettrain_front 🚅|bullettrain_side 🚄|steam_locomotive 🚂|railway_car 🚃|station 🚉|metro 🚇|tram 🚊|railway_track 🛤️
bus 🚌|car 🚗|taxi 🚕|truck 🚚|ambulance 🚑|fire_engine 🚒|police_car 🚓|bike 🚲|ship 🚢|boat ⛵|anchor ⚓|construction 🚧|vertical_traffic_light 🚦|traffic_light 🚥|rotating_light 🚨|fuelpump ⛽
house 🏠|office 🏢|factory 🏭|hospital 🏥|bank 🏦|school 🏫|tent ⛺|earth_africa 🌍|earth_americas 🌎|earth_asia 🌏|globe_with_meridians 🌐|world_map 🗺️|mountain ⛰️|volcano 🌋|desert_island 🏝️
sunny ☀️|partly_sunny ⛅|cloud ☁️|rain_cloud 🌧️|thunder_cloud_and_rain ⛈️|lightning 🌩️|zap ⚡|snowflake ❄️|snowman ⛄|ice_cube 🧊|fire 🔥|droplet 💧|ocean 🌊|rainbow 🌈|umbrella ☔|tornado 🌪️|fog 🌫️
star ⭐|star2 🌟|sparkles ✨|crescent_moon 🌙|full_moon 🌕|new_moon 🌑|comet ☄️|tada 🎉|confetti_ball 🎊|balloon 🎈|gift 🎁|christmas_tree 🎄|jack_o_lantern 🎃|fireworks 🎆
watch ⌚|iphone 📱|computer 💻|keyboard ⌨️|desktop_computer 🖥️|printer 🖨️|floppy_disk 💾|cd 💿|dvd 📀|minidisc 💽|camera 📷|tv 📺|radio 📻|telephone_receiver 📞|phone ☎️|satellite 📡|satellite_antenna 📡
battery 🔋|low_battery 🪫|electric_plug 🔌|bulb 💡|flashlight 🔦|candle 🕯️|wastebasket 🗑️|moneybag 💰|credit_card 💳|dollar 💵|euro 💶|gem 💎|scales ⚖️
wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|hammer_and_pick ⚒️|nut_and_bolt 🔩|gear ⚙️|bricks 🧱|chains ⛓️|magnet 🧲|toolbox 🧰|screwdriver 🪛|ladder 🪜|test_tube 🧪|microscope 🔬|telescope 🔭|syringe 💉|pill 💊|adhesive_bandage 🩹|stethoscope 🩺|thermometer 🌡️
broom 🧹|basket 🧺|soap 🧼|sponge 🧽|fire_extinguisher 🧯|key 🔑|old_key 🗝️|lock 🔒|unlock 🔓|closed_lock_with_key 🔐|lock_with_ink_pen 🔏|shield 🛡️|crossed_swords ⚔️|door 🚪|bed 🛏️|shopping_trolley 🛒|shopping_cart 🛒
package 📦|mailbox 📫|inbox_tray 📥|outbox_tray 📤|email 📧|e-mail 📧|envelope ✉️|incoming_envelope 📨|love_letter 💌|label 🏷️|bookmark 🔖|scroll 📜|page_facing_up 📄|page_with_curl 📃|receipt 🧾|clipboard 📋|notebook 📓|ledger 📒|books 📚|book 📖|newspaper 📰|memo 📝|pencil 📝|pencil2 ✏️|pushpin 📌|round_pushpin 📍|paperclip 📎|link 🔗|triangular_ruler 📐|straight_ruler 📏|scissors ✂️|file_folder 📁|open_file_folder 📂|card_index_dividers 🗂️|card_file_box 🗃️|file_cabinet 🗄️|card_index 📇
chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|calendar 📆|date 📅|spiral_calendar_pad 🗓️|stopwatch ⏱️|timer_clock ⏲️|alarm_clock ⏰|hourglass ⌛|hourglass_flowing_sand ⏳|clock1 🕐|clock3 🕒|clock6 🕕|clock9 🕘|clock12 🕛|mag 🔍|mag_right 🔎|bell 🔔|no_bell 🔕|loudspeaker 📢|mega 📣|speaker 🔈|mute 🔇
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|heavy_multiplication_x ✖️|heavy_plus_sign ➕|heavy_minus_sign ➖|warning ⚠️|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|stop_sign 🛑|radioactive_sign ☢️|biohazard_sign ☣️|exclamation ❗|heavy_exclamation_mark ❗|grey_exclamation ❕|bangbang ‼️|interrobang ⁉️|question ❓|grey_question ❔|information_source ℹ️|recycle ♻️|infinity ♾️|sos 🆘|new 🆕|free 🆓|up 🆙|ok 🆗|cool 🆒|top 🔝|soon 🔜|back 🔙|end 🔚|on 🔛
red_circle 🔴|orange_circle 🟠|large_orange_circle 🟠|yellow_circle 🟡|large_yellow_circle 🟡|green_circle 🟢|large_green_circle 🟢|large_blue_circle 🔵|blue_circle 🔵|purple_circle 🟣|large_purple_circle 🟣|brown_circle 🟤|large_brown_circle 🟤|white_circle ⚪|black_circle ⚫|red_square 🟥|large_red_square 🟥|large_orange_square 🟧|large_yellow_square 🟨|large_green_square 🟩|large_blue_square 🟦|white_large_square ⬜|black_large_square ⬛|white_small_square ▫️|black_small_square ▪️|small_red_triangle 🔺|small_red_triangle_down 🔻|small_blue_diamond 🔹|small_orange_diamond 🔸|large_blue_diamond 🔷|large_orange_diamond 🔶
arrow_up ⬆️|arrow_down ⬇️|arrow_left ⬅️|arrow_right ➡️|arrow_upper_right ↗️|arrow_lower_right ↘️|arrow_forward ▶️|arrow_backward ◀️|rewind ⏪|fast_forward ⏩|black_right_pointing_double_triangle_with_vertical_bar ⏭️|black_left_pointing_double_triangle_with_vertical_bar ⏮️|double_vertical_bar ⏸️|black_square_for_stop ⏹️|leftwards_arrow_with_hook ↩️|arrow_right_hook ↪️|arrows_counterclockwise 🔄|arrows_clockwise 🔃|twisted_rightwards_arrows 🔀|repeat 🔁|repeat_one 🔂|back_arrow 🔙
zero 0️⃣|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|keycap_ten 🔟|hash #️⃣|1234 🔢|abc 🔤
checkered_flag 🏁|triangular_flag_on_post 🚩|waving_white_flag 🏳️|waving_black_flag 🏴|crossed_flags 🎌|rainbow-flag 🏳️‍🌈|pirate_flag 🏴‍☠️
`;

const NAMES = new Map(TABLE.trim().split(/[|\n]/).map((entry) => entry.split(' ')));
const TONES = { 2: '\u{1F3FB}', 3: '\u{1F3FC}', 4: '\u{1F3FD}', 5: '\u{1F3FE}', 6: '\u{1F3FF}' };

export function emoji(name, tone) {
  const [plain, typed] = String(name).split('::skin-tone-');
  const glyph = NAMES.get(plain);
  return glyph ? glyph + (TONES[tone ?? typed] ?? '') : null;
}

export function withEmoji(text) {
  return String(text).replace(/:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/g, (whole, name) => emoji(name) ?? whole);
}
